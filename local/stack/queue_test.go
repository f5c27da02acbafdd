package stack

import (
	"context"
	"errors"
	"testing"
)

// slow is a function that ends when it is told to, whoever still listens.
type slow struct{ begun, end chan struct{} }

func (s slow) Invoke(context.Context, []byte) ([]byte, error) {
	s.begun <- struct{}{}
	<-s.end
	return []byte("done"), nil
}

func TestACallerThatGivesUpKeepsItsPlaceUntilTheInvocationHasEnded(t *testing.T) {
	f := slow{make(chan struct{}), make(chan struct{})}
	q := queue{make(chan struct{}, 1), f}
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		_, err := q.Invoke(ctx, nil)
		gone <- err
	}()
	<-f.begun
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("the caller got %v, want %v", err, context.Canceled)
	}
	if len(q.slots) != 1 {
		t.Error("the place is free, but the process is busy")
	}

	next := make(chan []byte)
	go func() {
		answer, _ := q.Invoke(t.Context(), nil)
		next <- answer
	}()
	f.end <- struct{}{}
	<-f.begun
	f.end <- struct{}{}
	if got := string(<-next); got != "done" {
		t.Errorf("the next got %q, want its answer", got)
	}
}
