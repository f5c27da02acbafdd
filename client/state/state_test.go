package state

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

type document struct{ N int }

func hold1(t *testing.T, s *Store, name string) *Slot {
	t.Helper()
	slot, err := s.Wait(t.Context(), name, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return slot
}

func TestADocumentOutlivesItsHolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made")
	first := hold1(t, New(dir), "a/b")
	if err := errors.Join(first.Save(document{7}), first.Release()); err != nil {
		t.Fatal(err)
	}
	second := hold1(t, New(dir), "a/b")
	var got document
	if ok, err := second.Load(&got); err != nil || !ok || got.N != 7 {
		t.Errorf("got %+v, %t, %v, want 7", got, ok, err)
	}
	if err := errors.Join(second.Clear(), second.Clear()); err != nil {
		t.Error(err)
	}
	if ok, err := second.Load(&got); err != nil || ok {
		t.Errorf("got %t, %v after Clear, want none", ok, err)
	}
	if err := second.Release(); err != nil {
		t.Error(err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 0 {
		t.Errorf("got %v, %v left behind, want nothing", files, err)
	}
}

func TestADocumentIsItsOwnersOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made")
	slot := hold1(t, New(dir), "x")
	if err := slot.Save(document{1}); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, slot.path: 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: got %v, %v, want %v", path, info.Mode().Perm(), err, want)
		}
	}
}

func TestADocumentIsHeldByOne(t *testing.T) {
	s := New(t.TempDir())
	slot := hold1(t, s, "x")
	if _, err := s.Wait(t.Context(), "x", time.Millisecond); !errors.Is(err, ErrBusy) {
		t.Errorf("got %v, want busy after waiting", err)
	}
	for _, other := range []*Slot{hold1(t, s, "y"), hold1(t, s.In("owner"), "x")} {
		if err := other.Release(); err != nil {
			t.Error(err)
		}
	}
	const others = 8 // most of them wait for the lock file that the first Release removes
	got := make(chan error, others)
	var begun sync.WaitGroup
	begun.Add(others)
	for range others {
		go func() {
			begun.Done()
			slot, err := s.Wait(t.Context(), "x", time.Minute)
			if err == nil && slot == nil {
				err = errors.New("got no slot")
			}
			got <- errors.Join(err, slot.Release())
		}()
	}
	begun.Wait()
	if err := slot.Release(); err != nil {
		t.Error(err)
	}
	for range others {
		if err := <-got; err != nil {
			t.Errorf("got %v, want it once released", err)
		}
	}
}

func TestADocumentThatIsNoJSONCountsAsNone(t *testing.T) {
	s := New(t.TempDir())
	slot := hold1(t, s, "x")
	if err := os.WriteFile(slot.path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	var got document
	if ok, err := slot.Load(&got); ok || err != nil {
		t.Errorf("got %t, %v, want none", ok, err)
	}
}

func TestAFailedWriteLeavesTheOldContent(t *testing.T) {
	s := New(t.TempDir())
	slot := hold1(t, s, "x")
	if err := slot.Save(document{1}); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(filepath.Dir(slot.path), ".presigned-"+filepath.Base(slot.path)+".partial"), 0o700); err != nil { // blocks the name
		t.Fatal(err)
	}
	if err := slot.Save(document{2}); err == nil {
		t.Error("got no error")
	}
	var got document
	if ok, err := slot.Load(&got); !ok || err != nil || got.N != 1 {
		t.Errorf("got %+v, %t, %v, want the old one", got, ok, err)
	}
}

func TestWhatCannotBeWrittenOrReadIsAnError(t *testing.T) {
	s := New(t.TempDir())
	slot := hold1(t, s, "x")
	noJSON := func() {}
	if slot.Save(noJSON) == nil || slot.Append(noJSON) == nil {
		t.Error("got no error for a value that is no JSON")
	}
	if err := os.Mkdir(slot.path, 0o700); err != nil { // neither readable nor writable as a file
		t.Fatal(err)
	}
	if _, err := slot.Load(new(document)); err == nil {
		t.Error("got no error for a document that cannot be read")
	}
	if slot.Append(document{1}) == nil || slot.Lines(func([]byte) {}) == nil {
		t.Error("got no error for a journal that cannot be written or read")
	}
}

func TestAJournalHasItsLinesInOrder(t *testing.T) {
	s := New(t.TempDir())
	slot := hold1(t, s, "x")
	var got []string
	read := func(line []byte) { got = append(got, string(line)) }
	if err := slot.Lines(read); err != nil || len(got) != 0 {
		t.Errorf("got %q, %v, want no line of a journal that is not there", got, err)
	}
	for n := range 3 {
		if err := slot.Append(document{n}); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(slot.path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v, want a journal that is its owner's only", info.Mode().Perm(), err)
	}
	if err := slot.Lines(read); err != nil || len(got) != 3 || got[2] != "{\"N\":2}\n" {
		t.Errorf("got %q, %v, want three lines", got, err)
	}
}

func TestNoSlotKeepsNothing(t *testing.T) {
	var none *Slot
	ok, err := none.Load(new(document))
	if ok || err != nil || none.Save(document{}) != nil || none.Append(document{}) != nil || none.Clear() != nil || none.Release() != nil || none.Lines(func([]byte) { t.Error("got a line") }) != nil {
		t.Errorf("got %t, %v, want nothing and no error", ok, err)
	}
}
