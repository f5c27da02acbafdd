package faults

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"example.com/presigned/client"
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

// stored is what S3 holds of a user's: each version of each object, and the multipart uploads begun.
type stored struct {
	versions map[string][][sha256.Size]byte // by key
	open     []string                       // keys of multipart uploads
}

// look asks S3 with the root credentials, past every link.
func (r *rig) look(ctx context.Context) (stored, error) {
	have := stored{versions: map[string][][sha256.Size]byte{}}
	s, bucket, prefix := r.w.root(), r.w.Bucket, r.user+"/"
	listed, err := s.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &bucket, Prefix: &prefix})
	if err != nil {
		return have, err
	}
	for _, v := range listed.Versions {
		got, err := s.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: v.Key, VersionId: v.VersionId})
		if err != nil {
			return have, fmt.Errorf("get %q: %w", *v.Key, err)
		}
		sum := sha256.New()
		_, err = io.Copy(sum, got.Body)
		if err := errors.Join(err, got.Body.Close()); err != nil {
			return have, err
		}
		have.versions[*v.Key] = append(have.versions[*v.Key], [sha256.Size]byte(sum.Sum(nil)))
	}
	uploads, err := s.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: &bucket, Prefix: &prefix})
	if err != nil {
		return have, err
	}
	for _, u := range uploads.Uploads {
		have.open = append(have.open, *u.Key)
	}
	return have, nil
}

// root is a client with the account's own credentials, which no policy restricts.
func (w *world) root() *s3.Client {
	return s3.New(s3.Options{
		BaseEndpoint: aws.String(w.S3URL), UsePathStyle: true, Region: w.Region,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: w.AccessKeyID, SecretAccessKey: w.SecretAccessKey}, nil
		}),
	})
}

// wrongs compares what S3 holds with what the user was told, and returns each difference in a sentence.
func (r *rig) wrongs(ctx context.Context) []string {
	have, err := r.look(ctx)
	if err != nil {
		return []string{"look into the bucket: " + err.Error()}
	}
	var wrong []string
	for key, versions := range have.versions {
		if len(versions) != 1 {
			wrong = append(wrong, fmt.Sprintf("doubled: %d versions of %q, want 1", len(versions), key))
		}
	}
	return append(append(append(wrong, r.lost(have)...), r.doubled(have)...), append(r.orphans(have), r.unclear()...)...)
}

// lost are the uploads that were reported and are not there, byte for byte.
func (r *rig) lost(have stored) (wrong []string) {
	for _, s := range r.ledger.all {
		if s.err != nil {
			continue
		}
		if versions := have.versions[s.key]; len(versions) == 0 || versions[0] != s.sum {
			wrong = append(wrong, fmt.Sprintf("lost: upload %s was reported as %q, which holds %x, want %x", s.name, s.key, versions, s.sum))
		}
	}
	return wrong
}

// doubled are the objects that nobody was told of.
func (r *rig) doubled(have stored) (wrong []string) {
	reported, may := map[string]bool{}, map[[sha256.Size]byte]int{}
	for _, s := range r.ledger.all {
		if s.err != nil && s.unknowable() {
			may[s.sum] = 1
		}
	}
	for _, s := range r.ledger.all {
		if s.err == nil { // whatever came before, this is where it is
			reported[s.key], may[s.sum] = true, 0
		}
	}
	for key, versions := range have.versions {
		if reported[key] {
			continue
		}
		if may[versions[0]]--; may[versions[0]] < 0 {
			wrong = append(wrong, fmt.Sprintf("doubled: object %q was reported to nobody", key))
		}
	}
	return wrong
}

// orphans are the multipart uploads at S3 that no memory of the client names, and no notice told of.
func (r *rig) orphans(have stored) (wrong []string) {
	remembered := r.remembered()
	for _, key := range have.open {
		if !strings.Contains(remembered, `"`+key+`"`) && !strings.Contains(r.said(), key) {
			wrong = append(wrong, fmt.Sprintf("orphan: a multipart upload of %q was left without a word; said:\n%s", key, r.said()))
		}
	}
	return wrong
}

// remembered is all that the client has written down of uploads.
func (r *rig) remembered() string {
	var text strings.Builder
	_ = filepath.Walk(r.memory, func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			b, _ := os.ReadFile(path)
			_, _ = text.Write(b)
		}
		return nil
	})
	return text.String()
}

// unclear are the errors and notices that say nothing, or a secret.
func (r *rig) unclear() (wrong []string) {
	for _, s := range r.ledger.all {
		if s.err == nil || errors.Is(s.err, context.Canceled) {
			continue
		}
		if text := s.err.Error(); !strings.Contains(text, s.name) || len(text) < len(s.name)+20 {
			wrong = append(wrong, fmt.Sprintf("unclear: %q of upload %s", text, s.name))
		}
		wrong = append(wrong, secretsIn(s.err.Error())...)
	}
	return append(wrong, secretsIn(r.said())...)
}

func secretsIn(text string) (wrong []string) {
	for _, secret := range []string{"eyJ", "X-Amz-Signature", "X-Amz-Security-Token"} {
		if strings.Contains(text, secret) {
			wrong = append(wrong, "a secret was told: "+text)
		}
	}
	return wrong
}

// sound checks what S3 holds against what the user was told, and that so many objects are there.
func (r *rig) sound(objects int) {
	r.t.Helper()
	for _, wrong := range r.wrongs(r.t.Context()) {
		r.t.Error(wrong)
	}
	have, err := r.look(r.t.Context())
	if err != nil || len(have.versions) != objects {
		r.t.Errorf("got %d objects, %v, want %d", len(have.versions), err, objects)
	}
}

// upload sends a file, and writes down what the user was told.
func (r *rig) upload(ctx context.Context, name string) (client.Result, error) {
	r.t.Helper()
	path := filepath.Join(r.folder, name)
	b, err := os.ReadFile(path)
	if err != nil {
		r.t.Fatal(err)
	}
	f, err := client.OpenFile(path)
	if err != nil {
		r.t.Fatal(err)
	}
	got, err := r.client().Upload(ctx, f)
	r.ledger.add(sending{name: name, sum: sha256.Sum256(b), key: got.Key, err: err})
	if err := f.Close(); err != nil {
		r.t.Error(err)
	}
	return got, err
}

// file writes a file to upload.
func (r *rig) file(name string, b []byte) string {
	r.t.Helper()
	path := filepath.Join(r.folder, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		r.t.Fatal(err)
	}
	return path
}
