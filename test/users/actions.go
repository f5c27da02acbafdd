package users

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"example.com/presigned/client"
	"example.com/presigned/test/leaks"
)

// Action is one thing that a user does. Do returns an error if it fails, which faults may cause. What must not happen even
// under faults is noted for Check.
type Action struct {
	Name   string
	Weight int // how often, compared with the others
	Do     func(ctx context.Context, u *User, r *rand.Rand) error
}

// Act does an action. Its error must not contain a secret.
func (u *User) Act(ctx context.Context, a Action, r *rand.Rand) error {
	err := a.Do(ctx, u, r)
	if err != nil {
		for _, leak := range new(leaks.Search).Text("an error", err.Error()) {
			u.complain("a secret was shown: %s", leak)
		}
	}
	return err
}

// Draw chooses one of the actions.
func Draw(actions []Action, r *rand.Rand) Action {
	total := 0
	for _, a := range actions {
		total += a.Weight
	}
	n := r.IntN(total)
	for _, a := range actions {
		if n -= a.Weight; n < 0 {
			return a
		}
	}
	panic("unreachable: the weights add up to the total")
}

// Actions are what every user does.
func Actions() []Action {
	return []Action{
		{"upload, small", 30, uploadSmall},
		{"upload, in parts", 20, uploadInParts},
		{"upload, four at once", 5, uploadFour},
		{"upload, broken off and resumed", 3, breakOff},
		{"resume", 5, func(ctx context.Context, u *User, _ *rand.Rand) error { return u.resume(ctx) }},
		{"download and compare", 28, download},
		{"list", 8, func(ctx context.Context, u *User, _ *rand.Rand) error { return u.List(ctx) }},
	}
}

// mostSmall is the most bytes of a small file.
const mostSmall = 200 << 10

func uploadSmall(ctx context.Context, u *User, r *rand.Rand) error {
	return u.send(ctx, r, 1+r.Int64N(mostSmall))
}

// uploadInParts has one part, or every sixth time two.
func uploadInParts(ctx context.Context, u *User, r *rand.Rand) error {
	above := u.Config.MultipartAbove
	if r.IntN(6) == 0 {
		above = max(above, u.Config.PartBytes)
	}
	return u.send(ctx, r, above+1+r.Int64N(mostSmall))
}

func uploadFour(ctx context.Context, u *User, r *rand.Rand) error {
	var failed [4]error
	var wait sync.WaitGroup
	for i := range failed {
		each := rand.New(rand.NewPCG(r.Uint64(), 0)) // not shared
		wait.Go(func() { failed[i] = uploadSmall(ctx, u, each) })
	}
	wait.Wait()
	return errors.Join(failed[:]...)
}

// send uploads a new file.
func (u *User) send(ctx context.Context, r *rand.Rand, size int64) error {
	name, err := u.Write(r, size)
	if err != nil {
		return err
	}
	_, err = u.sendFile(ctx, name, nil)
	return err
}

// sendFile uploads a file, and keeps it if the upload can be continued.
func (u *User) sendFile(ctx context.Context, name string, progress func(int64)) (client.Result, error) {
	got, err := u.Upload(ctx, name, progress)
	var kept *client.Resumable
	if errors.As(err, &kept) {
		u.mu.Lock()
		u.pending = append(u.pending, name)
		u.mu.Unlock()
		return got, err
	}
	return got, errors.Join(err, os.Remove(filepath.Join(u.Files, name)))
}

// breakOff stops an upload after about two parts, and continues it.
func breakOff(ctx context.Context, u *User, r *rand.Rand) error {
	part := u.Config.PartBytes
	name, err := u.Write(r, 3*part+1+r.Int64N(part/4))
	if err != nil {
		return err
	}
	broken, stop := context.WithCancel(ctx)
	defer stop()
	parallel := int64(u.Config.Parallel)
	var sent atomic.Int64
	_, err = u.sendFile(broken, name, func(n int64) {
		if sent.Add(n) > min(parallel, 2)*part+part/8 {
			stop()
		}
	})
	var kept *client.Resumable
	if !errors.As(err, &kept) {
		return fmt.Errorf("broke an upload off: got %w, want one that can be resumed", err)
	}
	return u.resume(ctx)
}

// resume continues every upload that can be.
func (u *User) resume(ctx context.Context) error {
	u.mu.Lock()
	names := u.pending
	u.pending = nil
	u.mu.Unlock()
	var failed error
	for _, name := range names {
		_, err := u.sendFile(ctx, name, nil)
		failed = errors.Join(failed, err)
	}
	return failed
}

// download compares one of the user's objects.
func download(ctx context.Context, u *User, r *rand.Rand) error {
	objects := u.Objects()
	if len(objects) == 0 {
		return nil
	}
	return u.Compare(ctx, objects[r.IntN(len(objects))])
}

// Compare downloads an object. A download that fails leaves nothing under the target's name.
func (u *User) Compare(ctx context.Context, o Upload) error {
	c, err := client.New(u.Config)
	if err != nil {
		return err
	}
	target := filepath.Join(u.Files, "got "+o.Name)
	_, err = c.DownloadFile(ctx, client.Download{Key: o.Key, Target: target})
	content, unread := os.ReadFile(target)
	switch {
	case err != nil && unread == nil:
		u.complain("download of %q failed, and left %d bytes: %v", o.Key, len(content), err)
	case err != nil:
		return err
	case unread != nil:
		return unread
	case sha256.Sum256(content) != o.SHA256:
		u.complain("lost: download of %q gave %d bytes that are not the %d sent", o.Key, len(content), o.Size)
	}
	u.mu.Lock()
	u.compared++
	u.mu.Unlock()
	return os.Remove(target)
}

// Delete deletes an object, as a user does.
func (u *User) Delete(ctx context.Context, key string) error {
	c, err := client.New(u.Config)
	if err != nil {
		return err
	}
	return c.Delete(ctx, key)
}

// List checks that the list has every object that was reported as stored. It may have others only if the end of an upload
// is not known.
func (u *User) List(ctx context.Context) error {
	c, err := client.New(u.Config)
	if err != nil {
		return err
	}
	listed := map[string]int64{}
	for o, err := range c.List(ctx) {
		if err != nil {
			return err
		}
		listed[o.Key] = o.Size
	}
	for _, o := range u.Objects() {
		if size, there := listed[o.Key]; !there || size != o.Size {
			u.complain("lost: the list has %q: %t, with %d bytes, want %d", o.Key, there, size, o.Size)
		}
		delete(listed, o.Key)
	}
	mayHold := 0
	for _, o := range u.all() {
		if o.Err != nil && o.mayBeStored() {
			mayHold++
		}
	}
	if len(listed) > mayHold {
		u.complain("doubled: the list has %d objects that were reported to nobody", len(listed))
	}
	return nil
}

// Finish continues every upload and compares every object. It runs after the faults have ended.
func (u *User) Finish(ctx context.Context) {
	if err := u.resume(ctx); err != nil {
		u.complain("at the end, an upload could not be continued: %v", err)
	}
	for _, o := range u.Objects() {
		if err := u.Compare(ctx, o); err != nil {
			u.complain("at the end, download of %q: %v", o.Key, err)
		}
	}
}
