package faults

import (
	"math/rand/v2"
	"net/http"

	"example.com/presigned/client"
	"example.com/presigned/test/users"
)

func transportOf(h *http.Client) *http.Transport { return h.Transport.(*http.Transport) }

// The files of a round trip: one for a single PUT, and one for a multipart upload.
const (
	smallBytes = 200 << 10
	multiBytes = 400 << 10
)

// roundTrip uploads two files, lists them, and downloads and compares both. Faults that pass must not be seen in its result.
func (r *rig) roundTrip() {
	r.t.Helper()
	r.sends(smallBytes)
	r.sends(multiBytes)
	if err := r.List(r.t.Context()); err != nil {
		r.t.Error(err)
	}
	r.Finish(r.t.Context())
	r.checkStored(2)
}

// sends uploads a new file, and returns its name and the result.
func (r *rig) sends(size int64) (name string, sent client.Result) {
	r.t.Helper()
	name, err := r.Write(rand.New(rand.NewPCG(uint64(size), 0)), size)
	if err == nil {
		sent, err = r.Upload(r.t.Context(), name, nil)
	}
	if err != nil {
		r.t.Fatalf("%v\nsaid: %s", err, r.Said())
	}
	return name, sent
}

// store is the bucket past every link, with the keys of the rig's user.
func (r *rig) store() users.Store {
	w := r.w
	s := users.NewStore(w.S3URL, w.Region, w.AccessKeyID, w.SecretAccessKey, w.Bucket)
	s.Prefix = r.user + "/"
	return s
}

// checkStored compares what S3 holds with what the user was told, and the number of objects.
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
