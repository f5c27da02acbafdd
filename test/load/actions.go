package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"example.com/presigned/client/signin"
	"example.com/presigned/test/users"
)

// actions has the actions of package users, and those that need a user pool or the rows of package attack.
func (u *user) actions() []users.Action {
	own := func(do func(context.Context, *user) error) func(context.Context, *users.User, *rand.Rand) error {
		return func(ctx context.Context, _ *users.User, _ *rand.Rand) error { return do(ctx, u) }
	}
	return append(users.Actions(),
		users.Action{Name: "refresh the token", Weight: 5, Do: own(refresh)},
		users.Action{Name: "sign out and in", Weight: 4, Do: own(signOut)},
		users.Action{Name: "attack", Weight: 2, Do: own(sendAttacks)})
}

// refresh gets another access token, and uses it.
func refresh(ctx context.Context, u *user) error {
	before := u.tokens.AccessToken
	if err := u.refresh(ctx); err != nil {
		return err
	}
	if u.tokens.AccessToken == before {
		return errors.New("refresh gave the same access token again")
	}
	_, err := u.presign(ctx, u.world.server.UploadURL, `{}`)
	return err
}

// signOut ends the session, checks that its refresh token is refused, and signs in again.
func signOut(ctx context.Context, u *user) error {
	old := u.tokens.RefreshToken
	end := func() error { return u.pool.Revoke(ctx, old) }
	if u.random.IntN(2) == 0 {
		end = func() error { return u.pool.SignOutEverywhere(ctx, u.tokens.AccessToken) }
	}
	if err := end(); err != nil {
		return err
	}
	_, err := u.pool.Refresh(refusable(ctx), old)
	var refused *signin.Error
	if !errors.As(err, &refused) || refused.Code != "NotAuthorizedException" {
		return fmt.Errorf("refresh after the sign-out: got %w, want NotAuthorizedException", err)
	}
	return u.signIn(ctx)
}
