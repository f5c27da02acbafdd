package state

import (
	"os"
	"testing"
)

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
