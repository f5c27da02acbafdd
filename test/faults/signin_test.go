package faults

import (
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/presigned/test/toxics"
)

// What breaks on the way to the user pool: the SDK asks again. An answer that is lost after the password was proved
// costs another sign-in, with a message.
func TestSigningInOverABadNetwork(t *testing.T) {
	cognito := func(status int, kind string) act {
		return refuses(status, "application/x-amz-json-1.1", `{"__type":"`+kind+`","message":"Rate exceeded"}`)
	}
	down := func(kind string, attributes toxics.Attributes) func(*link) {
		return func(l *link) { l.plan(trouble{toxics: []toxics.Toxic{toxics.Down(kind, attributes)}}) }
	}
	for _, row := range []struct {
		name string
		plan func(l *link)
		want string // in the error; "" is none
	}{
		{"a reset", down("reset_peer", nil), ""},
		{"a truncated answer", down("limit_data", toxics.Attributes{"bytes": 200}), ""},
		{"latency", down("latency", toxics.Attributes{"latency": 30}), ""},
		{"500", func(l *link) { l.gate.at("InitiateAuth", cognito(500, "InternalErrorException")) }, ""},
		{"throttled", func(l *link) { l.gate.at("RespondToAuthChallenge", cognito(400, "TooManyRequestsException")) }, ""},
		{"never sent", func(l *link) { l.gate.at("RespondToAuthChallenge", unsent(nothing)) }, ""},
		{"an answer lost", func(l *link) { l.gate.at("InitiateAuth", lost(nothing)) }, ""},
		{"the last answer lost", func(l *link) { l.gate.at("RespondToAuthChallenge", lost(nothing)) }, "NotAuthorizedException"},
		{"500 for good", func(l *link) {
			l.gate.at("InitiateAuth", slices.Repeat([]act{cognito(500, "InternalErrorException")}, 9)...)
		}, "Rate exceeded"},
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
