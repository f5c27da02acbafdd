// Package session keeps a user signed in between calls. The tokens are on disk, only their owner can read them, and they
// are refreshed before they expire or when the endpoint refuses them.
//
// Only this module may import it. Nothing in it prints; the tokens are bearer credentials.
package session

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"example.com/presigned/client/signin"
	"example.com/presigned/client/state"
)

// Errors for errors.Is.
var (
	ErrSignedOut = errors.New("not signed in")
	ErrEnded     = errors.New("the sign-in has ended")
)

// margin is how long before its expiry a token is refreshed. It is enough for a request, and much less than five minutes,
// the shortest validity that Cognito offers.
const margin = time.Minute

// lockTimeout is how long another process may take to refresh the tokens; that is enough for the SDK's three attempts.
const lockTimeout = time.Minute

// UserPool is what a session needs of package signin.
type UserPool interface {
	Refresh(ctx context.Context, refreshToken string) (signin.Tokens, error)
}

// Session is the sign-in to one stack. It is safe for concurrent use, by several processes too.
type Session struct {
	store *state.Store
	name  string
	pool  UserPool
	clock func() time.Time

	mu     sync.Mutex
	tokens signin.Tokens
}

// New returns the session of the stack of that name. It reads nothing yet.
func New(store *state.Store, name string, pool UserPool, clock func() time.Time) *Session {
	return &Session{store: store, name: name, pool: pool, clock: clock}
}

// Token returns an access token that is valid for the next minute. It is a client.Config's Token.
func (s *Session) Token(ctx context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.good("") {
		return s.tokens.AccessToken, nil
	}
	return s.renew(ctx, "")
}

// Refresh returns another access token than the refused one. It is a client.Config's Refresh.
func (s *Session) Refresh(ctx context.Context, refused string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.good(refused) {
		return s.tokens.AccessToken, nil
	}
	return s.renew(ctx, refused)
}

// Keep stores the tokens of a new sign-in.
func (s *Session) Keep(ctx context.Context, tokens signin.Tokens) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store.With(ctx, s.name, lockTimeout, func(slot *state.Slot) error {
		s.tokens = tokens
		return slot.Save(tokens)
	})
}

// Forget removes the tokens and returns them, to be revoked.
func (s *Session) Forget(ctx context.Context) (tokens signin.Tokens, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err = s.store.With(ctx, s.name, lockTimeout, func(slot *state.Slot) error {
		ok, err := slot.Load(&tokens)
		if err == nil && !ok {
			err = ErrSignedOut
		}
		return errors.Join(err, slot.Clear())
	})
	s.tokens = signin.Tokens{}
	return tokens, err
}

func (s *Session) good(refused string) bool {
	t := s.tokens
	return t.AccessToken != "" && t.AccessToken != refused && s.clock().Add(margin).Before(t.ExpiresAt)
}

// renew reads the tokens on disk, because another process may have refreshed them, and refreshes them if they are still
// too old. It holds the document meanwhile, so that two processes don't use one refresh token twice.
func (s *Session) renew(ctx context.Context, refused string) (string, error) {
	err := s.store.With(ctx, s.name, lockTimeout, func(slot *state.Slot) error {
		s.tokens = signin.Tokens{}
		ok, err := slot.Load(&s.tokens)
		if err != nil {
			return err
		}
		if !ok || s.tokens.RefreshToken == "" {
			return ErrSignedOut
		}
		if s.good(refused) {
			return nil
		}
		return s.refresh(ctx, slot)
	})
	return s.tokens.AccessToken, err
}

func (s *Session) refresh(ctx context.Context, slot *state.Slot) error {
	fresh, err := s.pool.Refresh(ctx, s.tokens.RefreshToken)
	if signin.Refused(err) {
		s.tokens = signin.Tokens{}
		return errors.Join(fmt.Errorf("%w: %w", ErrEnded, err), slot.Clear())
	}
	if err != nil {
		return err
	}
	s.tokens = fresh
	return slot.Save(fresh)
}

// Claims are those of an access token. They are not verified, so they are only for display: the endpoint verifies the
// caller.
type Claims struct {
	Username string `json:"username"`
	ClientID string `json:"client_id"`
	Scope    string `json:"scope"`
	Expires  int64  `json:"exp"` // seconds since 1970
}

// ReadClaims reads an access token's claims.
func ReadClaims(accessToken string) (Claims, error) {
	var c Claims
	segments := strings.Split(accessToken, ".")
	if len(segments) != 3 {
		return c, errors.New("malformed access token: want three segments")
	}
	text, err := base64.RawURLEncoding.DecodeString(segments[1])
	if err != nil || json.Unmarshal(text, &c) != nil {
		return c, errors.New("malformed access token: want claims as JSON in base64url")
	}
	return c, nil
}
