package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"path/filepath"
	"time"

	"example.com/presigned/client"
	"example.com/presigned/client/signin"
	"example.com/presigned/test/harness"
	"example.com/presigned/test/users"
)

// Sizes in bytes, and how many objects a user keeps. They bound the disk space.
const (
	multipartAbove = 1 << 20
	part           = 5 << 20 // the smallest that S3 accepts
	keep           = 6
)

// user is a simulated user who signs in to the user pool.
type user struct {
	*users.User
	world          *world
	name, password string
	random         *mathrand.Rand
	pool           *signin.Client
	tokens         signin.Tokens
}

func newUser(w *world, name string, number uint64) (*user, error) {
	u := &user{
		world: w, name: name, password: "Load-7-" + rand.Text(), random: mathrand.New(mathrand.NewPCG(w.options.seed, number+1)),
	}
	w.search.Know("a password", u.password)
	var err error
	u.User, err = users.New(filepath.Join(w.dir, fmt.Sprintf("user-%d", number)), client.Config{
		UploadURL: w.server.UploadURL, DownloadURL: w.server.DownloadURL, DeleteURL: w.server.DeleteURL, HTTPClient: w.http, Token: u.token,
		Parallel: 2, MultipartAbove: multipartAbove, PartBytes: part,
	})
	if err != nil {
		return nil, err
	}
	u.pool, err = signin.New(signin.Config{
		Region: w.server.Region, UserPoolID: w.server.UserPoolID, AppClientID: w.server.AppClientID,
		Endpoint: w.server.CognitoURL, HTTPClient: w.http,
	})
	return u, err
}

func (u *user) signIn(ctx context.Context) (err error) {
	u.tokens, err = u.pool.SignIn(ctx, u.name, u.password, nil)
	return err
}

// token returns an access token that is valid for at least a minute.
func (u *user) token(ctx context.Context) (string, error) {
	if time.Until(u.tokens.ExpiresAt) < time.Minute {
		if err := u.refresh(ctx); err != nil {
			return "", err
		}
	}
	return u.tokens.AccessToken, nil
}

func (u *user) refresh(ctx context.Context) error {
	tokens, err := u.pool.Refresh(ctx, u.tokens.RefreshToken)
	if err == nil {
		u.tokens = tokens
	}
	return err
}

// presign asks for a URL without the client.
func (u *user) presign(ctx context.Context, url, body string) (p harness.Presigned, err error) {
	token, err := u.token(ctx)
	if err != nil {
		return p, err
	}
	return harness.Presign(ctx, url, token, body)
}

// tidy compares and deletes the oldest objects beyond the number that a user keeps.
func (u *user) tidy(ctx context.Context) error {
	objects := u.Objects()
	for _, o := range objects[:max(0, len(objects)-keep)] {
		if err := errors.Join(u.Compare(ctx, o), u.Delete(ctx, o.Key)); err != nil {
			return fmt.Errorf("compare and delete %q: %w", o.Key, err)
		}
		u.Forget(o.Key)
		u.world.results.removed.Add(1)
	}
	return nil
}
