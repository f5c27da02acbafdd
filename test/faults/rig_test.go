package faults

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"example.com/presigned/client"
	"example.com/presigned/client/signin"
	"example.com/presigned/test/users"
)

// rig is a user of their own, with faulty links to the stack.
type rig struct {
	*users.User
	t       testing.TB
	w       *world
	user    string
	api, s3 *link
	cognito *link

	stop   atomic.Value // context.CancelFunc: what Ctrl-C does
	access atomic.Value // string: the access token, which may have ended
}

func (w *world) rig(t testing.TB, adjust ...func(*client.Config)) *rig {
	t.Helper()
	r := &rig{t: t, w: w, user: fmt.Sprintf("user%d", w.users.Add(1)), api: newLink(t, w.APIURL), s3: newLink(t, w.S3URL), cognito: newLink(t, w.CognitoURL)}
	r.access.Store(w.token(r.user, time.Hour))
	h := client.NewHTTPClient(4)
	cfg := client.Config{
		UploadURL: w.UploadURL, DownloadURL: w.DownloadURL, HTTPClient: h,
		Token: r.token, Refresh: r.refresh,
		FirstWait: 4 * time.Millisecond, MultipartAbove: multipartAbove, PartBytes: partBytes, Parallel: 4, Stall: time.Second,
	}
	for _, a := range adjust {
		a(&cfg)
	}
	var err error
	if r.User, err = users.New(t.TempDir(), cfg); err != nil {
		t.Fatal(err)
	}
	transportOf(h).DialContext = dialer(r.api, r.s3, r.cognito)
	t.Cleanup(transportOf(h).CloseIdleConnections)
	return r
}

// link is the user's way to the API or to S3.
func (r *rig) link(to string) *link { return map[string]*link{"api": r.api, "s3": r.s3}[to] }

// The stage's own threshold would make every multipart upload 16 MiB; S3 takes no smaller part than 5 MiB, but the last.
const (
	multipartAbove = 300 << 10
	partBytes      = 5 << 20
)

// pool signs in by the user pool.
func (r *rig) pool(clock func() time.Time) *signin.Client {
	r.t.Helper()
	c, err := signin.New(signin.Config{
		Region: r.w.Region, UserPoolID: r.w.UserPoolID, AppClientID: r.w.AppClientID, Endpoint: r.w.CognitoURL,
		HTTPClient: r.Config.HTTPClient, Clock: clock,
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// client is the user's next process.
func (r *rig) client() *client.Client {
	r.t.Helper()
	c, err := client.New(r.Config)
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// interrupt is the user's Ctrl-C.
func (r *rig) interrupt() { r.stop.Load().(context.CancelFunc)() }

// restart restarts the stack.
func (r *rig) restart() {
	if err := r.w.restart(); err != nil {
		r.t.Error(err)
	}
}

// expire makes the access token that the client has one that has ended.
func (r *rig) expire() { r.access.Store(r.w.token(r.user, -time.Second)) }

// token is the client's access token.
func (r *rig) token(context.Context) (string, error) { return r.access.Load().(string), nil }

// refresh replaces an access token that was refused.
func (r *rig) refresh(context.Context, string) (string, error) {
	fresh := r.w.token(r.user, time.Hour)
	r.access.Store(fresh)
	return fresh, nil
}
