package cli

import (
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

const (
	barEvery  = 100 * time.Millisecond // on a terminal
	lineEvery = 10 * time.Second       // elsewhere: a log only needs to show that work continues
)

// bar shows the progress of a transfer: as a bar on a terminal, as a line every 10 s elsewhere.
type bar struct {
	out   *output
	files int
	done  atomic.Int64             // files
	name  atomic.Pointer[string]   // of the file that began last
	total atomic.Int64             // bytes to move; negative: unknown
	moved atomic.Int64             // bytes
	held  atomic.Int64             // bytes that were there already
	tty   *progressbar.ProgressBar // on a terminal; nil elsewhere
	seen  bool                     // progress was shown, so there is a summary
	began time.Time
	stop  chan struct{}
	ended chan struct{}
}

// startBar begins to show the progress of files, until stopBar.
func (o *output) startBar(files int, total int64) *bar {
	b := &bar{out: o, files: files, began: time.Now(), stop: make(chan struct{}), ended: make(chan struct{})}
	b.total.Store(total)
	if o.quiet {
		return b
	}
	every := lineEvery
	if isTerminal(o.err) {
		b.tty = newProgressBar(o.err, total)
		every = barEvery
	}
	o.mu.Lock()
	o.bar = b
	o.mu.Unlock()
	go b.run(every)
	return b
}

// stopBar removes the bar, if there is one, and prints a summary of long work.
func (o *output) stopBar() {
	o.mu.Lock()
	b := o.bar
	o.mu.Unlock()
	if b == nil {
		return
	}
	close(b.stop)
	<-b.ended
	if b.seen {
		o.note(b.summary())
	}
}

func newProgressBar(w io.Writer, total int64) *progressbar.ProgressBar {
	return progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(w),
		progressbar.OptionShowBytes(true),
		progressbar.OptionShowTotalBytes(true),
		progressbar.OptionUseIECUnits(true),
		progressbar.OptionFullWidth(),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(0),
	)
}

func (b *bar) add(n int64) { b.moved.Add(n) }

// skip counts bytes that were there already. They are not part of the rate.
func (b *bar) skip(n int64) {
	b.held.Add(n)
	if b.total.Load() > 0 {
		b.total.Add(-n)
	}
}

func (b *bar) begin(name string) { b.name.Store(&name) }

func (b *bar) end() { b.done.Add(1) }

func (b *bar) run(every time.Duration) {
	defer close(b.ended)
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
			b.show()
		case <-b.stop:
			b.out.mu.Lock()
			b.hide()
			b.out.bar = nil
			b.out.mu.Unlock()
			return
		}
	}
}

func (b *bar) show() {
	moved, total := b.moved.Load(), b.total.Load()
	b.seen = true
	if b.tty == nil {
		b.out.line("", b.count()+progressLine(moved, total))
		return
	}
	b.out.mu.Lock()
	defer b.out.mu.Unlock()
	if total > 0 {
		b.tty.ChangeMax64(total)
		moved = min(moved, total-1) // progressbar would finish a full bar; stopBar removes it
	}
	name := ""
	if n := b.name.Load(); n != nil {
		name = shortened(*n)
	}
	b.tty.Describe(b.count() + name)
	_ = b.tty.Set64(max(moved, 0))
}

// count is how many of several files are done.
func (b *bar) count() string {
	if b.files < 2 {
		return ""
	}
	return fmt.Sprintf("%d of %d files, ", b.done.Load(), b.files)
}

// maxShownName is how many characters of a name are shown beside the bar.
const maxShownName = 24

func shortened(name string) string {
	if runes := []rune(name); len(runes) > maxShownName {
		return "..." + string(runes[len(runes)-maxShownName+3:])
	}
	return name
}

// summary is how much was transferred, and how fast.
func (b *bar) summary() string {
	moved, took := b.moved.Load(), max(time.Since(b.began), time.Millisecond)
	text := fmt.Sprintf("%s%s in %s, %s/s", b.count(), humanBytes(moved), took.Round(100*time.Millisecond), humanBytes(int64(float64(moved)/took.Seconds())))
	if held := b.held.Load(); held > 0 {
		text += fmt.Sprintf("; %s were there already", humanBytes(held))
	}
	return text
}

// hide clears the bar before a line is printed. The next tick shows it again. The bar may be nil.
func (b *bar) hide() {
	if b != nil && b.tty != nil {
		_ = b.tty.Clear()
	}
}

func progressLine(moved, total int64) string {
	if total <= 0 {
		return humanBytes(moved)
	}
	return fmt.Sprintf("%s of %s (%d %%)", humanBytes(moved), humanBytes(total), moved*100/total)
}

// humanBytes writes a size in binary units, as 1.5 MiB.
func humanBytes(n int64) string {
	if n < 1024 && n > -1024 {
		return fmt.Sprintf("%d B", n)
	}
	value, unit := float64(n), 0
	for ; value >= 1024 || value <= -1024; unit++ {
		value /= 1024
	}
	return fmt.Sprintf("%.1f %ciB", value, " KMGTPE"[unit])
}

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
