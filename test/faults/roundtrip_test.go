package faults

import (
	"bytes"
	"os"
	"path/filepath"

	"example.com/presigned/client"
)

// What is moved: by a single PUT, by a multipart upload of one part, and by one of two.
const (
	smallBytes = 200 << 10
	multiBytes = 400 << 10
	largeBytes = partBytes + 100<<10
)

// roundTrip is what every fault that passes must not be seen in: upload by a PUT and by a multipart upload, list, get both back.
func (r *rig) roundTrip() {
	r.t.Helper()
	small, multi := content(1, smallBytes), content(2, multiBytes)
	r.file("small", small)
	r.file("multi", multi)
	keys := map[string][]byte{}
	for name, want := range map[string][]byte{"small": small, "multi": multi} {
		got, err := r.upload(r.t.Context(), name)
		if err != nil {
			r.t.Fatalf("%v\nsaid: %s", err, r.Said())
		}
		keys[got.Key] = want
	}
	r.listed(len(keys))
	for key, want := range keys {
		r.fetched(key, want)
	}
	r.checkStored(len(keys))
}

// listed checks that the client lists so many objects.
func (r *rig) listed(want int) {
	r.t.Helper()
	n := 0
	for _, err := range r.client().List(r.t.Context()) {
		if err != nil {
			r.t.Fatal(err)
		}
		n++
	}
	if n != want {
		r.t.Errorf("listed %d objects, want %d", n, want)
	}
}

// fetched downloads an object and compares it.
func (r *rig) fetched(key string, want []byte) {
	r.t.Helper()
	target := filepath.Join(r.t.TempDir(), "got")
	got, err := r.client().DownloadFile(r.t.Context(), client.Download{Key: key, Target: target})
	if err != nil {
		r.t.Fatalf("%v\nsaid: %s", err, r.Said())
	}
	b, err := os.ReadFile(target)
	if err != nil || !bytes.Equal(b, want) || got.Verified != "SHA256" {
		r.t.Errorf("%q: got %d bytes, verified by %q, %v, want the %d sent", key, len(b), got.Verified, err, len(want))
	}
}
