package client_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/fakestack"
)

func TestListGoesThroughAllPages(t *testing.T) {
	r := newRig(t)
	r.stack.ListPage = 2
	var want []string
	for range 5 {
		want = append(want, put(t, r, []byte("x")))
	}
	r.stack.Plan("listObjectsV2", nil, fakestack.Refuse(503, "SlowDown", ""), fakestack.CutAnswer(30))
	var got []string
	for o, err := range r.List(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, o.Key)
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestARefusedTokenIsRefreshedOnce(t *testing.T) {
	refreshes := 0
	r := newRig(t, func(c *client.Config) {
		c.Refresh = func(context.Context, string) (string, error) {
			refreshes++
			return "second", nil
		}
	})
	r.stack.Accept("second")
	if key := put(t, r, []byte("x")); key == "" || refreshes != 1 {
		t.Errorf("refreshed %d times, want 1", refreshes)
	}
	r.stack.Accept("third")
	_, err := r.Upload(t.Context(), client.Bytes("x", "", []byte("x")))
	if refused, ok := errors.AsType[*client.Refusal](err); !ok || refused.Status != 401 || refreshes != 2 {
		t.Errorf("got %v after %d refreshes, want 401 after one more", err, refreshes)
	}
}

func TestADeletionSurvives(t *testing.T) {
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
	err := r.Delete(t.Context(), "johndoe/1")
	if refused, ok := errors.AsType[*client.Refusal](err); !ok || !refused.S3 || len(r.stack.Objects()) != 1 {
		t.Errorf("got %v, want S3's refusal", err)
	}
	err = r.Delete(t.Context(), "alice/1")
	if refused, ok := errors.AsType[*client.Refusal](err); !ok || refused.Code != "KeyOutsidePrefix" {
		t.Errorf("got %v, want KeyOutsidePrefix", err)
	}
	none := newRig(t, func(c *client.Config) { c.DeleteURL = "" })
	if err := none.Delete(t.Context(), "johndoe/1"); !errors.Is(err, client.ErrNoDeletion) {
		t.Errorf("got %v, want ErrNoDeletion", err)
	}
}
