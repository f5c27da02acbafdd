package faults

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"example.com/presigned/client"
)

// windowBytes has one part more than the client asks for at once when it sends one at a time.
const windowBytes = 8*partBytes + 100<<10

// The access token ends while the first part is on its way: the user pool gives another one for the next window.
func TestATokenThatExpiresWhileAPartIsUnderWayIsRefreshed(t *testing.T) {
	r := shared.rig(t)
	r.user = shared.Username
	pool := r.pool(time.Now)
	tokens, err := pool.SignIn(t.Context(), shared.Username, shared.Password, nil)
	if err != nil {
		t.Fatal(err)
	}
	refreshed := 0
	r.access = tokens.AccessToken
	r.Config.Parallel = 1
	r.Config.Token = func(context.Context) (string, error) { return r.access, nil }
	r.Config.Refresh = func(ctx context.Context, _ string) (string, error) {
		refreshed++
		fresh, err := pool.Refresh(ctx, tokens.RefreshToken)
		r.access = fresh.AccessToken
		return fresh.AccessToken, err
	}
	r.s3.gate.at("uploadPart", meanwhile(r.expire))
	r.file("large", content(2, windowBytes))
	if _, err := r.upload(t.Context(), "large"); err != nil {
		t.Fatal(err)
	}
	if refreshed != 1 {
		t.Errorf("refreshed %d times, want once", refreshed)
	}
	r.checkStored(1)
}

// The token can't be refreshed: the upload is kept, the user gets the reason, and it continues after a new sign-in.
func TestATokenThatExpiresForGoodKeepsTheUpload(t *testing.T) {
	r := shared.rig(t)
	r.shortTokens()
	refresh := r.Config.Refresh
	r.Config.Refresh, r.Config.Parallel = nil, 1
	r.s3.gate.at("uploadPart", meanwhile(r.expire))
	r.file("large", content(2, windowBytes))
	_, err := r.upload(t.Context(), "large")
	var kept *client.Resumable
	if !errors.As(err, &kept) || kept.Held != 8*partBytes || !strings.Contains(err.Error(), "401") {
		t.Fatalf("got %v, want that the first window is held, and a 401", err)
	}
	r.Config.Refresh = refresh
	if got, err := r.upload(t.Context(), "large"); err != nil || got.Resumed != 8*partBytes {
		t.Errorf("got %+v, %v, want it continued", got, err)
	}
	r.checkStored(1)
}

// What breaks on the way to the user pool: the SDK asks again. An answer that is lost after the password was proved
// costs another sign-in, with a message.
func TestSigningInOverABadNetwork(t *testing.T) {
	cognito := func(status int, kind string) act {
		return refuses(status, "application/x-amz-json-1.1", `{"__type":"`+kind+`","message":"Rate exceeded"}`, "")
	}
	for _, row := range []struct {
		name string
		plan func(l *link)
		want string // in the error; "" is none
	}{
		{"a reset", func(l *link) { l.trouble(trouble{Toxics: []toxic{down("reset_peer", nil)}}) }, ""},
		{"a truncated answer", func(l *link) { l.trouble(trouble{Toxics: []toxic{down("limit_data", attributes{"bytes": 200})}}) }, ""},
		{"latency", func(l *link) { l.every(down("latency", attributes{"latency": 30})) }, ""},
		{"500", func(l *link) { l.gate.at("InitiateAuth", cognito(500, "InternalErrorException")) }, ""},
		{"throttled", func(l *link) { l.gate.at("RespondToAuthChallenge", cognito(400, "TooManyRequestsException")) }, ""},
		{"never sent", func(l *link) { l.gate.at("RespondToAuthChallenge", unsent(nothing)) }, ""},
		{"an answer lost", func(l *link) { l.gate.at("InitiateAuth", lost(nothing)) }, ""},
		{"the last answer lost", func(l *link) { l.gate.at("RespondToAuthChallenge", lost(nothing)) }, "NotAuthorizedException"},
		{"500 for good", func(l *link) { l.gate.always(cognito(500, "InternalErrorException")) }, "Rate exceeded"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r := shared.rig(t)
			row.plan(r.cognito)
			pool := r.pool(time.Now)
			_, err := pool.SignIn(t.Context(), shared.Username, shared.Password, nil)
			if row.want == "" && err != nil || row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)) {
				t.Errorf("got %v, want %q", err, row.want)
			}
			r.cognito.clear()
			if _, err := pool.SignIn(t.Context(), shared.Username, shared.Password, nil); err != nil {
				t.Errorf("signing in once more: %v", err)
			}
		})
	}
}
