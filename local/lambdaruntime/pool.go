package lambdaruntime

import "errors"

// checkout takes the process used last, or starts one.
func (f *Function) checkout() (*process, error) {
	f.mu.Lock()
	for len(f.idle) > 0 {
		p := f.idle[len(f.idle)-1]
		f.idle = f.idle[:len(f.idle)-1]
		if !f.stale(p) && !p.gone() {
			f.mu.Unlock()
			return p, nil
		}
		delete(f.alive, p)
		p.kill()
	}
	if f.closed {
		f.mu.Unlock()
		return nil, errors.New("function " + f.cfg.Name + ": closed")
	}
	f.mu.Unlock()
	return f.start()
}

// stale reports whether a process must not be used any more because its credentials end too soon.
func (f *Function) stale(p *process) bool {
	return !p.expires.IsZero() && f.cfg.Now().Add(f.cfg.RetireBefore).After(p.expires)
}

// checkin makes a process available again, unless it is gone.
func (f *Function) checkin(p *process) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.alive[p]; ok && !f.closed {
		p.warm = true
		f.idle = append(f.idle, p)
	}
}

// admit takes a process that has just started; after Close it is refused.
func (f *Function) admit(p *process) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false
	}
	f.alive[p] = struct{}{}
	f.reapers.Add(1)
	return true
}

// forget removes a process that has exited.
func (f *Function) forget(p *process) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.alive, p)
	for i, q := range f.idle {
		if q == p {
			f.idle = append(f.idle[:i], f.idle[i+1:]...)
			return
		}
	}
}

// Close kills every process, with whatever it started itself, and waits until they are gone.
func (f *Function) Close() error {
	f.mu.Lock()
	f.closed = true
	f.idle = nil
	f.mu.Unlock()
	f.end() // kills what runs
	f.reapers.Wait()
	return nil
}
