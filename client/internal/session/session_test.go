package session

import (
	"context"
	"errors"
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
	noAnswer, ended := errors.New("connection refused"), &types.NotAuthorizedException{}
	for name, test := range map[string]struct {
		life      time.Duration
		fails     error // the first refresh
		want      [2]string
		wantErr   [2]error
		refreshes int64
	}{
		"fresh":                             {5 * time.Minute, nil, [2]string{"first", "first"}, [2]error{}, 0},
		"about to expire":                   {59 * time.Second, nil, [2]string{"second", "second"}, [2]error{}, 1},
		"expired":                           {-time.Hour, nil, [2]string{"second", "second"}, [2]error{}, 1},
		"a user pool that does not answer":  {-time.Hour, noAnswer, [2]string{"first", "second"}, [2]error{noAnswer, nil}, 2},
		"a sign-in that the user pool ends": {-time.Hour, ended, [2]string{}, [2]error{ErrEnded, ErrSignedOut}, 1},
	} {
		p := &pool{}
		p.refresh = func(n int64, r string) (signin.Tokens, error) {
			if r != "r-first" {
				t.Errorf("%s: refreshed with %q", name, r)
			}
			if n == 1 && test.fails != nil {
				return signin.Tokens{}, test.fails
			}
			return tokens("second", time.Hour), nil
		}
		store := signedIn(t, test.life)
		for i := range 2 { // two later processes: refreshed tokens are stored too
			if got, err := New(store, "stack", p, clock).Token(t.Context()); !errors.Is(err, test.wantErr[i]) || got != test.want[i] {
				t.Errorf("%s: got %q, %v, want %q, %v", name, got, err, test.want[i], test.wantErr[i])
			}
		}
		if n := p.calls.Load(); n != test.refreshes {
			t.Errorf("%s: refreshed %d times, want %d", name, n, test.refreshes)
		}
	}
}

func TestATokenThatCannotBeRefreshedIsASignOut(t *testing.T) {
	store := state.New(t.TempDir())
	if err := New(store, "stack", nil, clock).Keep(t.Context(), signin.Tokens{AccessToken: "first", ExpiresAt: now.Add(-time.Hour)}); err != nil {
		t.Fatal(err)
	}
	p := &pool{refresh: func(int64, string) (signin.Tokens, error) { return tokens("second", time.Hour), nil }}
	if got, err := New(store, "stack", p, clock).Token(t.Context()); !errors.Is(err, ErrSignedOut) || p.calls.Load() != 0 {
		t.Errorf("got %q, %v and %d refreshes, want signed out and none", got, err, p.calls.Load())
	}
}

func TestANewSignInReplacesTheTokens(t *testing.T) {
	s := New(signedIn(t, time.Hour), "stack", nil, clock)
	if got, err := s.Token(t.Context()); err != nil || got != "first" {
		t.Fatalf("got %q, %v, want the stored token", got, err)
	}
	if err := s.Keep(t.Context(), tokens("other", time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Token(t.Context()); err != nil || got != "other" {
		t.Errorf("got %q, %v, want the token of the new sign-in", got, err)
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
