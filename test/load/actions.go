package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"

	"example.com/presigned/client"
	"example.com/presigned/client/signin"
)

// action is something that a user does; weight is how often, of all the weights.
type action struct {
	name   string
	weight int
	do     func(ctx context.Context, u *user) error
}

func actions() []action {
	return []action{
		{"upload, small", 30, uploadSmall},
		{"upload, in parts", 4, uploadLarge},
		{"upload, broken off and resumed", 3, resumed},
		{"download and compare", 28, download},
		{"list", 8, list},
		{"refresh the token", 5, refresh},
		{"sign out and in", 4, signOut},
		{"attack", 18, attack},
	}
}

func draw(random *rand.Rand) action {
	list := actions()
	total := 0
	for _, a := range list {
		total += a.weight
	}
	n := random.IntN(total)
	for _, a := range list {
		if n -= a.weight; n < 0 {
			return a
		}
	}
	return list[0] // not reached
}

func uploadSmall(ctx context.Context, u *user) error {
	content := u.content(smallest, largest)
	name, contentType := typed(content)
	r, err := u.files.Upload(ctx, client.Bytes(name, contentType, content))
	return u.uploaded(r, content, err)
}

func uploadLarge(ctx context.Context, u *user) error {
	content := u.content(part+1, part+part/4)
	name, contentType := typed(content)
	r, err := u.files.Upload(ctx, client.Bytes(name, contentType, content))
	if err == nil && r.Parts != 2 {
		err = fmt.Errorf("uploaded in %d parts, want 2", r.Parts)
	}
	return u.uploaded(r, content, err)
}

func (u *user) uploaded(r client.Result, content []byte, err error) error {
	if err == nil && r.Size != int64(len(content)) {
		err = fmt.Errorf("uploaded %d bytes, want %d", r.Size, len(content))
	}
	if err != nil {
		return err
	}
	u.stored(object{key: r.Key, size: r.Size, sum: sha256.Sum256(content), parted: r.Parts > 0})
	return nil
}

// resumed breaks an upload off when its second part is under way, and uploads the file again.
func resumed(ctx context.Context, u *user) error {
	content := u.content(3*part+1, 3*part+part/4)
	path := filepath.Join(u.dir, "file.bin")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return err
	}
	defer os.Remove(path)
	if err := u.breakOff(ctx, path); err != nil {
		return err
	}
	f, err := client.OpenFile(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := u.files.Upload(ctx, f)
	if err == nil && r.Resumed == 0 {
		err = errors.New("the upload began anew, want it continued")
	}
	return u.uploaded(r, content, err)
}

func (u *user) breakOff(ctx context.Context, path string) error {
	f, err := client.OpenFile(path)
	if err != nil {
		return err
	}
	defer f.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var sent atomic.Int64
	f.Progress = func(n int64) { // two parts are under way at a time: with more than two sent, one is done
		if sent.Add(n) > 2*part+part/8 {
			cancel()
		}
	}
	_, err = u.files.Upload(ctx, f)
	var kept *client.Resumable
	if !errors.As(err, &kept) {
		return fmt.Errorf("broke an upload off: got %v, want one that can be resumed", err)
	}
	return nil
}

// download compares one of the user's objects, a large one by ranges into a file.
func download(ctx context.Context, u *user) error {
	objects := u.own()
	if len(objects) == 0 {
		return uploadSmall(ctx, u)
	}
	o := objects[u.random.IntN(len(objects))]
	if !o.parted {
		return u.compare(ctx, o)
	}
	target := filepath.Join(u.dir, "back.bin")
	got, err := u.files.DownloadFile(ctx, client.Download{Key: o.key, Target: target, PartBytes: part})
	if err != nil {
		return err
	}
	defer os.Remove(target)
	content, err := os.ReadFile(target)
	if err != nil {
		return err
	}
	return u.equal(o, got.Size, sha256.Sum256(content))
}

// list wants exactly what the user was told is stored.
func list(ctx context.Context, u *user) error {
	want := map[string]int64{}
	for _, o := range u.own() {
		want[o.key] = o.size
	}
	count := 0
	for o, err := range u.files.List(ctx) {
		if err != nil {
			return err
		}
		if size, known := want[o.Key]; !known || size != o.Size {
			return fmt.Errorf("lists %q with %d bytes, want one of the user's %d objects", o.Key, o.Size, len(want))
		}
		count++
	}
	if count != len(want) {
		return fmt.Errorf("lists %d objects, want %d", count, len(want))
	}
	return nil
}

// refresh gets another access token, which must do.
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

// signOut ends the session, finds its refresh token dead, and signs in again.
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
	if err := cognitoRefuses(err); err != nil {
		return fmt.Errorf("refresh after the sign-out: %w", err)
	}
	return u.signIn(ctx)
}

func cognitoRefuses(err error) error {
	var refused *signin.Error
	if !errors.As(err, &refused) || refused.Code != "NotAuthorizedException" {
		return fmt.Errorf("got %v, want NotAuthorizedException", err)
	}
	return nil
}
