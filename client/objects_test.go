package client_test

import (
	"strings"
	"testing"

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
