package attack

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// made has the keys of the objects and uploads that the rows may have left in the bucket.
type made struct {
	lock    sync.Mutex
	keys    map[string]bool
	claimed map[string]bool // new keys that a row got
}

func newMade() *made { return &made{keys: map[string]bool{}, claimed: map[string]bool{}} }

func (m *made) add(key string) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.keys[key] = true
}

// claim reports whether the key is new to all rows.
func (m *made) claim(key string) bool {
	m.lock.Lock()
	defer m.lock.Unlock()
	taken := m.claimed[key]
	m.claimed[key] = true
	return !taken
}

// note adds the key of a request, if the request writes to the bucket.
func (m *made) note(bucketURL, method, address string) {
	_, bucket, _ := strings.Cut(bucketURL, "://")
	_, path, _ := strings.Cut(address, "://")
	key, inBucket := strings.CutPrefix(path, bucket+"/")
	if writes := method == http.MethodPut || method == http.MethodPost; !writes || !inBucket || bucket == "" {
		return
	}
	key, _, _ = strings.Cut(key, "?")
	if key, err := url.PathUnescape(key); err == nil {
		m.add(key)
	}
}

// prefixes are those of the keys, each once.
func (m *made) prefixes() []string {
	seen := map[string]bool{}
	for key := range m.keys {
		prefix, _, _ := strings.Cut(key, "/")
		seen[prefix+"/"] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// Close removes what the rows made: objects with all their versions, uploads, and the users that Open made. It returns
// the keys that it could not remove; without an administrator all of them.
func (x *Target) Close(ctx context.Context) (left []string, err error) {
	if x.admin == nil {
		return slices.Sorted(maps.Keys(x.made.keys)), nil // the bucket's lifecycle rule ends multipart uploads after a day
	}
	for _, prefix := range x.made.prefixes() {
		err = errors.Join(err, x.removeVersions(ctx, prefix), x.abortUploads(ctx, prefix))
	}
	if err != nil {
		left = slices.Sorted(maps.Keys(x.made.keys))
	}
	return left, errors.Join(err, x.admin.deleteUsers(ctx))
}

func (x *Target) removeVersions(ctx context.Context, prefix string) error {
	pages := s3.NewListObjectVersionsPaginator(x.store, &s3.ListObjectVersionsInput{Bucket: &x.Bucket, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("list what was made: %w", err)
		}
		versions := map[string][]*string{}
		for _, v := range page.Versions {
			versions[*v.Key] = append(versions[*v.Key], v.VersionId)
		}
		for _, v := range page.DeleteMarkers {
			versions[*v.Key] = append(versions[*v.Key], v.VersionId)
		}
		for key, ids := range versions {
			if !x.made.keys[key] {
				continue // another user's
			}
			for _, id := range ids {
				if _, err := x.store.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &x.Bucket, Key: &key, VersionId: id}); err != nil {
					return fmt.Errorf("delete %q: %w", key, err)
				}
			}
		}
	}
	return nil
}

func (x *Target) abortUploads(ctx context.Context, prefix string) error {
	pages := s3.NewListMultipartUploadsPaginator(x.store, &s3.ListMultipartUploadsInput{Bucket: &x.Bucket, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("list the uploads that were started: %w", err)
		}
		for _, u := range page.Uploads {
			if !x.made.keys[*u.Key] {
				continue
			}
			_, err := x.store.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &x.Bucket, Key: u.Key, UploadId: u.UploadId})
			if err != nil {
				return fmt.Errorf("abort the upload of %q: %w", *u.Key, err)
			}
		}
	}
	return nil
}
