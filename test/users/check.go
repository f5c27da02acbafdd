package users

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"example.com/presigned/test/leaks"
)

// Store is the bucket with root credentials, which no policy restricts.
type Store struct {
	*s3.Client
	Bucket string
	Prefix string // of the users' keys; "" for the whole bucket
}

// NewStore opens the bucket of a local run.
func NewStore(url, region, keyID, secret, bucket string) Store {
	return Store{Bucket: bucket, Client: s3.New(s3.Options{
		BaseEndpoint: &url, UsePathStyle: true, Region: region, Credentials: credentials.NewStaticCredentialsProvider(keyID, secret, ""),
	})}
}

// Stored is what S3 holds.
type Stored struct {
	Versions map[string][][sha256.Size]byte // each version's SHA-256, by key
	Open     []string                       // keys of multipart uploads that are neither completed nor aborted
}

// Look reads every version of every object.
func (s Store) Look(ctx context.Context) (Stored, error) {
	have := Stored{Versions: map[string][][sha256.Size]byte{}}
	listed, err := s.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &s.Bucket, Prefix: &s.Prefix})
	if err != nil {
		return have, err
	}
	if aws.ToBool(listed.IsTruncated) {
		return have, fmt.Errorf("more than %d objects, which is one page", len(listed.Versions))
	}
	for _, v := range listed.Versions {
		got, err := s.GetObject(ctx, &s3.GetObjectInput{Bucket: &s.Bucket, Key: v.Key, VersionId: v.VersionId})
		if err != nil {
			return have, fmt.Errorf("get %q: %w", *v.Key, err)
		}
		sum := sha256.New()
		_, err = io.Copy(sum, got.Body)
		if err := errors.Join(err, got.Body.Close()); err != nil {
			return have, err
		}
		have.Versions[*v.Key] = append(have.Versions[*v.Key], [sha256.Size]byte(sum.Sum(nil)))
	}
	uploads, err := s.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: &s.Bucket, Prefix: &s.Prefix})
	if err != nil {
		return have, err
	}
	for _, u := range uploads.Uploads {
		have.Open = append(have.Open, *u.Key)
	}
	return have, nil
}

// Check compares what S3 holds with what was reported to the users. It returns a sentence for each difference, and for each
// thing that the users noted before.
func Check(ctx context.Context, s Store, users ...*User) []string {
	have, err := s.Look(ctx)
	if err != nil {
		return []string{"look into the bucket: " + err.Error()}
	}
	return differences(have, users)
}

func differences(have Stored, users []*User) (wrong []string) {
	for key, versions := range have.Versions {
		if len(versions) != 1 {
			wrong = append(wrong, fmt.Sprintf("doubled: %d versions of %q, want 1", len(versions), key))
		}
	}
	for _, u := range users {
		wrong = append(wrong, u.wrong...)
		wrong = append(wrong, u.lost(have)...)
		wrong = append(wrong, u.unclear()...)
	}
	return append(append(wrong, doubled(have, users)...), orphans(have, users)...)
}

// lost has the uploads that were reported as stored, and are not stored or have other content.
func (u *User) lost(have Stored) (wrong []string) {
	for _, o := range u.Objects() {
		if versions := have.Versions[o.Key]; len(versions) == 0 || versions[0] != o.SHA256 {
			wrong = append(wrong, fmt.Sprintf("lost: upload %s was reported as %q, which holds %x, want %x", o.Name, o.Key, versions, o.SHA256))
		}
	}
	return wrong
}

// doubled has the objects that were reported to nobody.
func doubled(have Stored, users []*User) (wrong []string) {
	reported, may := map[string]bool{}, map[[sha256.Size]byte]int{}
	for _, u := range users {
		all := u.all()
		for _, o := range all {
			if o.Err != nil && o.mayBeStored() {
				may[o.SHA256] = 1
			}
		}
		for _, o := range all {
			if o.Err == nil { // an earlier attempt for the same content must have left nothing
				reported[o.Key], may[o.SHA256] = true, 0
			}
		}
	}
	for key, versions := range have.Versions {
		if reported[key] {
			continue
		}
		if may[versions[0]]--; may[versions[0]] < 0 {
			wrong = append(wrong, fmt.Sprintf("doubled: object %q was reported to nobody", key))
		}
	}
	return wrong
}

// orphans has the multipart uploads at S3 that no client remembers and no notice names.
func orphans(have Stored, users []*User) (wrong []string) {
	for _, key := range have.Open {
		known := func(u *User) bool {
			return strings.Contains(u.remembered(), `"`+key+`"`) || strings.Contains(u.Said(), key)
		}
		if !slices.ContainsFunc(users, known) {
			wrong = append(wrong, fmt.Sprintf("orphan: a multipart upload of %q was left without a notice", key))
		}
	}
	return wrong
}

// remembered is the text of the client's files about its uploads.
func (u *User) remembered() string {
	var text strings.Builder
	_ = filepath.WalkDir(u.memory, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			b, _ := os.ReadFile(path)
			_, _ = text.Write(b)
		}
		return nil
	})
	return text.String()
}

// unclear has the errors that don't name the file or say little, and the texts with a secret.
func (u *User) unclear() (wrong []string) {
	told := u.Said()
	for _, o := range u.all() {
		if o.Err == nil || errors.Is(o.Err, context.Canceled) {
			continue
		}
		text := o.Err.Error()
		if told += "\n" + text; !strings.Contains(text, o.Name) || len(text) < len(o.Name)+20 {
			wrong = append(wrong, fmt.Sprintf("unclear: %q of upload %s", text, o.Name))
		}
	}
	for _, leak := range new(leaks.Search).Text("what the user was told", told) {
		wrong = append(wrong, "a secret was shown: "+leak)
	}
	return wrong
}
