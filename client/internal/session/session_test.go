package session

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"example.com/presigned/client/internal/fakestack"
	"example.com/presigned/client/signin"
	"example.com/presigned/client/state"
)

type pool struct {
	calls   atomic.Int64
	refresh func(n int64, refreshToken string) (signin.Tokens, error)
}

func (p *pool) Refresh(_ context.Context, refreshToken string) (signin.Tokens, error) {
	return p.refresh(p.calls.Add(1), refreshToken)
}

// signedIn returns a store with tokens that are valid for that long.
func signedIn(t *testing.T, life time.Duration) *state.Store {
	t.Helper()
	store := state.New(t.TempDir())
	if err := New(store, "stack", nil, clock).Keep(t.Context(), tokens("first", life)); err != nil {
		t.Fatal(err)
	}
	return store
}

var now = time.Unix(1_000_000, 0)

func clock() time.Time { return now }

func tokens(name string, life time.Duration) signin.Tokens {
	return signin.Tokens{AccessToken: name, RefreshToken: "r-" + name, ExpiresAt: now.Add(life)}
}

func TestATokenIsKeptAndRefreshedInTime(t *testing.T) {
	tests := map[string]struct {
		life time.Duration
		want string
	}{"fresh": {5 * time.Minute, "first"}, "about to expire": {59 * time.Second, "second"}, "expired": {-time.Hour, "second"}}
	for name, test := range tests {
		p := &pool{refresh: func(_ int64, r string) (signin.Tokens, error) {
			if r != "r-first" {
				t.Errorf("refreshed with %q", r)
			}
			return tokens("second", time.Hour), nil
		}}
		store := signedIn(t, test.life)
		for range 2 { // two later processes: refreshed tokens are stored too
			if got, err := New(store, "stack", p, clock).Token(t.Context()); err != nil || got != test.want {
				t.Errorf("%s: got %q, %v, want %q", name, got, err, test.want)
			}
		}
		if n := p.calls.Load(); n > 1 {
			t.Errorf("%s: refreshed %d times", name, n)
		}
	}
}

func TestConcurrentRefusedRequestsRefreshOnce(t *testing.T) {
	p := &pool{refresh: func(int64, string) (signin.Tokens, error) { return tokens("second", time.Hour), nil }}
	store := signedIn(t, time.Hour)
	var group sync.WaitGroup
	for range 4 { // processes
		s := New(store, "stack", p, clock)
		for range 4 { // requests of each
			group.Go(func() {
				if got, err := s.Refresh(t.Context(), "first"); err != nil || got != "second" {
					t.Errorf("got %q, %v, want second", got, err)
				}
			})
		}
	}
	group.Wait()
	if n := p.calls.Load(); n != 1 {
		t.Errorf("refreshed %d times, want 1", n)
	}
}

func TestASignInThatHasEndedIsForgotten(t *testing.T) {
	p := &pool{refresh: func(int64, string) (signin.Tokens, error) {
		return signin.Tokens{}, &types.NotAuthorizedException{}
	}}
	store := signedIn(t, -time.Hour)
	for _, want := range []error{ErrEnded, ErrSignedOut} {
		if _, err := New(store, "stack", p, clock).Token(t.Context()); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
}

func TestAUserPoolThatDoesNotAnswerEndsNoSignIn(t *testing.T) {
	p := &pool{refresh: func(n int64, _ string) (signin.Tokens, error) {
		if n == 1 {
			return signin.Tokens{}, errors.New("connection refused")
		}
		return tokens("second", time.Hour), nil
	}}
	s := New(signedIn(t, -time.Hour), "stack", p, clock)
	if _, err := s.Token(t.Context()); err == nil {
		t.Error("got no error")
	}
	if got, err := s.Token(t.Context()); err != nil || got != "second" {
		t.Errorf("got %q, %v, want to continue", got, err)
	}
}

func TestTokensThatCannotBeReadAreAnError(t *testing.T) {
	dir := t.TempDir()
	if err := New(state.New(dir), "stack", nil, clock).Keep(t.Context(), tokens("first", time.Hour)); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("got %q, %v, want one file", files, err)
	}
	if err := errors.Join(os.Remove(files[0]), os.Mkdir(files[0], 0o700)); err != nil {
		t.Fatal(err)
	}
	if got, err := New(state.New(dir), "stack", nil, clock).Token(t.Context()); got != "" || err == nil || errors.Is(err, ErrSignedOut) {
		t.Errorf("got %q, %v, want an error of the file", got, err)
	}
}

func TestForgetReturnsTheTokensOnce(t *testing.T) {
	s := New(signedIn(t, time.Hour), "stack", nil, clock)
	if _, err := s.Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Forget(t.Context()); err != nil || got.RefreshToken != "r-first" {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := s.Forget(t.Context()); !errors.Is(err, ErrSignedOut) {
		t.Errorf("got %v, want signed out", err)
	}
	if got, err := s.Token(t.Context()); got != "" || !errors.Is(err, ErrSignedOut) {
		t.Errorf("got %q, %v, want that the token in memory is forgotten too", got, err)
	}
}

func TestClaimsAreRead(t *testing.T) {
	if got, err := ReadClaims(fakestack.Token); err != nil || got.Username != "johndoe" {
		t.Errorf("got %+v, %v, want johndoe", got, err)
	}
	for _, bad := range []string{"", "a.b", "a.%.c", "a.e30.c.d", "a.bm8.c"} {
		if _, err := ReadClaims(bad); err == nil {
			t.Errorf("%q: got no error", bad)
		}
	}
}
