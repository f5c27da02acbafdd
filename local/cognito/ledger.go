package cognito

import "time"

// ledger keeps values until they expire. The caller holds the pool's lock.
type ledger[V any] struct {
	entries map[string]entry[V]
	sweep   time.Time // when expired entries are next thrown away
}

type entry[V any] struct {
	value   V
	expires time.Time
}

func (l *ledger[V]) put(key string, v V, now time.Time, life time.Duration) {
	if l.entries == nil {
		l.entries = map[string]entry[V]{}
	}
	if !now.Before(l.sweep) { // once a minute, so that a local run of days does not grow
		for k, e := range l.entries {
			if !now.Before(e.expires) {
				delete(l.entries, k)
			}
		}
		l.sweep = now.Add(time.Minute)
	}
	l.entries[key] = entry[V]{v, now.Add(life)}
}

func (l *ledger[V]) get(key string, now time.Time) (V, bool) {
	e, ok := l.entries[key]
	if !ok || !now.Before(e.expires) {
		var none V
		return none, false
	}
	return e.value, true
}

// take is get that leaves nothing behind: for what may be used once.
func (l *ledger[V]) take(key string, now time.Time) (V, bool) {
	v, ok := l.get(key, now)
	delete(l.entries, key)
	return v, ok
}
