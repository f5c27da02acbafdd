package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"example.com/presigned/client"
	"example.com/presigned/client/signin"
	"example.com/presigned/client/state"
	"example.com/presigned/test/harness"
)

// Sizes of what is uploaded, in bytes, and how much of it a user keeps: what bounds the disk.
const (
	smallest, largest = 1, 64 << 10
	part              = 5 << 20 // the smallest that S3 takes
	keepSmall         = 12      // objects
	keepLarge         = 1
)

// object is what a user was told is stored.
type object struct {
	key    string
	size   int64
	sum    [sha256.Size]byte
	parted bool
}

// user does one thing at a time.
type user struct {
	world          *world
	name, password string
	dir            string
	random         *mathrand.Rand
	pool           *signin.Client
	files          *client.Client
	tokens         signin.Tokens

	mu      sync.Mutex // an attacker reads the keys of another user
	objects []object   // the oldest first
}

func newUser(w *world, name string, number uint64) (*user, error) {
	u := &user{
		world: w, name: name, password: "Load-7-" + rand.Text(), dir: filepath.Join(w.dir, fmt.Sprintf("user-%d", number)),
		random: mathrand.New(mathrand.NewPCG(w.options.seed, number+1)),
	}
	w.search.Know("a password", u.password)
	if err := os.Mkdir(u.dir, 0o700); err != nil {
		return nil, err
	}
	var err error
	u.pool, err = signin.New(signin.Config{
		Region: w.server.Region, UserPoolID: w.server.UserPoolID, AppClientID: w.server.AppClientID,
		Endpoint: w.server.CognitoURL, HTTPClient: w.http,
	})
	if err != nil {
		return nil, err
	}
	u.files, err = client.New(client.Config{
		UploadURL: w.server.UploadURL, DownloadURL: w.server.DownloadURL, HTTPClient: w.http, Token: u.token,
		Parallel: 2, MultipartAbove: 1 << 20, PartBytes: part,
		Uploads: state.New(filepath.Join(u.dir, "uploads")), Downloads: state.New(filepath.Join(u.dir, "downloads")),
	})
	return u, err
}

func (u *user) signIn(ctx context.Context) (err error) {
	u.tokens, err = u.pool.SignIn(ctx, u.name, u.password, nil)
	return err
}

// token is good for a minute at least.
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

// presign asks for a URL without the client, for what the client would never send.
func (u *user) presign(ctx context.Context, url, body string) (p harness.Presigned, err error) {
	token, err := u.token(ctx)
	if err != nil {
		return p, err
	}
	a, err := harness.AskAs(ctx, url, token, body)
	if err != nil {
		return p, err
	}
	if a.Status != http.StatusOK {
		return p, fmt.Errorf("presign %s: got %d %s, want 200", body, a.Status, a.Body)
	}
	return p, json.Unmarshal(a.Body, &p)
}

func (u *user) stored(o object) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.objects = append(u.objects, o)
	u.world.results.stored.Add(1)
}

// own are the user's objects.
func (u *user) own() []object {
	u.mu.Lock()
	defer u.mu.Unlock()
	return append([]object(nil), u.objects...)
}

// tidy compares what is oldest and more than the user may keep, and removes it with root's credentials, since no
// operation of the stack deletes.
func (u *user) tidy(ctx context.Context) error {
	small, large := 0, 0
	objects := u.own()
	for i := len(objects) - 1; i >= 0; i-- {
		o := objects[i]
		if o.parted {
			large++
		} else {
			small++
		}
		if o.parted && large <= keepLarge || !o.parted && small <= keepSmall {
			continue
		}
		if err := errors.Join(u.compare(ctx, o), u.world.bucket.remove(ctx, o.key)); err != nil {
			return fmt.Errorf("compare and remove %q: %w", o.key, err)
		}
		u.forget(o)
	}
	return nil
}

func (u *user) forget(gone object) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for i, o := range u.objects {
		if o == gone {
			u.objects = append(u.objects[:i], u.objects[i+1:]...)
			u.world.results.removed.Add(1)
			return
		}
	}
}

// compare downloads an object and compares its bytes by their SHA-256.
func (u *user) compare(ctx context.Context, o object) error {
	sum := sha256.New()
	got, err := u.files.DownloadTo(ctx, client.Download{Key: o.key, PartBytes: part}, sum)
	if err != nil {
		return err
	}
	return u.equal(o, got.Size, [sha256.Size]byte(sum.Sum(nil)))
}

func (u *user) equal(o object, size int64, sum [sha256.Size]byte) error {
	u.world.results.compared.Add(1)
	if size != o.size || sum != o.sum {
		return fmt.Errorf("%q: got %d bytes with SHA-256 %x, want %d with %x", o.key, size, sum, o.size, o.sum)
	}
	return nil
}

// content is of a size and bytes drawn at random.
func (u *user) content(least, most int) []byte {
	content := make([]byte, least+u.random.IntN(most-least+1))
	var seed [32]byte
	for i := range seed {
		seed[i] = byte(u.random.Uint32())
	}
	_, _ = mathrand.NewChaCha8(seed).Read(content) // never fails
	return content
}

// another is some other user's object, and its owner; nil while nobody has one.
func (u *user) another() (*user, *object) {
	for range u.world.users {
		owner := u.world.users[u.random.IntN(len(u.world.users))]
		if objects := owner.own(); owner != u && len(objects) > 0 {
			return owner, &objects[u.random.IntN(len(objects))]
		}
	}
	return nil, nil
}

// typed makes a file's name unique and says its type.
func typed(content []byte) (name, contentType string) {
	return strings.ToLower(rand.Text()) + ".bin", []string{"application/octet-stream", "image/png", "text/plain"}[len(content)%3]
}
