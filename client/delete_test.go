package client_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/fakestack"
)

func TestDeletionsSideBySideShareRequests(t *testing.T) {
	r := newRig(t)
	const objects = 60
	var wait sync.WaitGroup
	for i := range objects {
		key := fmt.Sprintf("johndoe/%d", i)
		r.stack.Put(key, fakestack.Object{Content: []byte("x")})
		wait.Go(func() {
			if err := r.Delete(t.Context(), key); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if left := r.stack.Objects(); len(left) > 0 {
		t.Errorf("left %d objects of %d", len(left), objects)
	}
	if got := r.stack.Count("ask deleteObject"); got > 20 {
		t.Errorf("asked %d times for %d deletions: want them gathered", got, objects)
	}
}

func TestADeletionThatFailsOnTheWayIsSentAgain(t *testing.T) {
	for name, faults := range map[string][]fakestack.Fault{
		"busy":        {fakestack.Refuse(503, "SlowDown", "")},
		"answer lost": {fakestack.Lose()},
		"expired":     {fakestack.Expired(), fakestack.SessionEnded()},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.stack.Put("johndoe/1", fakestack.Object{Content: []byte("x")})
			r.stack.Plan("deleteObject", faults...)
			if err := r.Delete(t.Context(), "johndoe/1"); err != nil || len(r.stack.Objects()) > 0 {
				t.Errorf("got %v, and %d objects left", err, len(r.stack.Objects()))
			}
		})
	}
}

func TestADeletionIsRefused(t *testing.T) {
	r := newRig(t)
	r.stack.Put("johndoe/1", fakestack.Object{Content: []byte("x")})
	r.stack.Plan("deleteObject", fakestack.Refuse(403, "AccessDenied", "Access Denied"))
	var refused *client.Refusal
	if err := r.Delete(t.Context(), "johndoe/1"); !errors.As(err, &refused) || len(r.stack.Objects()) != 1 {
		t.Errorf("got %v, want S3's refusal", err)
	}
	var problem *client.Problem
	if err := r.Delete(t.Context(), "alice/1"); !errors.As(err, &problem) || problem.Code != "KeyOutsidePrefix" {
		t.Errorf("got %v, want KeyOutsidePrefix", err)
	}
	none := newRig(t, func(c *client.Config) { c.DeleteURL = "" })
	if err := none.Delete(t.Context(), "johndoe/1"); !errors.Is(err, client.ErrNoDeletion) {
		t.Errorf("got %v, want ErrNoDeletion", err)
	}
}
