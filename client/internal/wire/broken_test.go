package wire

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"time"
)

type unresolved struct {
	notFound bool
	asked    int
}

func (u *unresolved) RoundTrip(*http.Request) (*http.Response, error) {
	u.asked++
	return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "nowhere.invalid", IsNotFound: u.notFound}}
}

func TestAHostThatNobodyKnowsIsNotAskedForAgain(t *testing.T) {
	for notFound, want := range map[bool]int{true: 1, false: 3} {
		u := &unresolved{notFound: notFound}
		e := &Endpoint{URL: "http://nowhere.invalid", Transport: u, Token: func(context.Context) (string, error) { return "token", nil }}
		e.Retry.Tries, e.Retry.First = 3, time.Millisecond
		err := e.Presign(t.Context(), Operation{Name: "putObject"})[0].Err
		var broken *Broken
		if !errors.As(err, &broken) || broken.UnknownHost() != notFound || u.asked != want {
			t.Errorf("not found %t: got %v after %d requests, want %d", notFound, err, u.asked, want)
		}
	}
}
