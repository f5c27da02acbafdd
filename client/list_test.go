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
	var problem *client.Problem
	if !errors.As(err, &problem) || problem.Status != 401 || refreshes != 2 {
		t.Errorf("got %v after %d refreshes, want 401 after one more", err, refreshes)
	}
}
