package faults

import (
	"context"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"

	"example.com/presigned/client"
	"example.com/presigned/test/users"
)

func transportOf(h *http.Client) *http.Transport { return h.Transport.(*http.Transport) }

// content is the same for the same seed, and of no other.
func content(seed uint64, size int) []byte {
	b := make([]byte, size)
	var key [32]byte
	for i := range 8 {
		key[i] = byte(seed >> (8 * i))
	}
	_, _ = rand.NewChaCha8(key).Read(b)
	return b
}

// store is the bucket past every link, with the keys of the rig's user.
func (r *rig) store() users.Store {
	w := r.w
	s := users.NewStore(w.S3URL, w.Region, w.AccessKeyID, w.SecretAccessKey, w.Bucket)
	s.Prefix = r.user + "/"
	return s
}

// checkStored checks what S3 holds against what the user was told, and that so many objects are there.
func (r *rig) checkStored(objects int) {
	r.t.Helper()
	for _, wrong := range users.Check(r.t.Context(), r.store(), r.User) {
		r.t.Error(wrong)
	}
	have, err := r.store().Look(r.t.Context())
	if err != nil || len(have.Versions) != objects {
		r.t.Errorf("got %d objects, %v, want %d", len(have.Versions), err, objects)
	}
}

// upload sends a file.
func (r *rig) upload(ctx context.Context, name string) (client.Result, error) {
	return r.Upload(ctx, name, nil)
}

// file writes a file to upload.
func (r *rig) file(name string, b []byte) string {
	r.t.Helper()
	path := filepath.Join(r.Files, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		r.t.Fatal(err)
	}
	return path
}
