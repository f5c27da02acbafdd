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

// Close removes what the rows made: objects with all their versions, uploads, and the users that Open made. It returns
// the keys that it could not remove; without an administrator all of them.
func (x *Target) Close(ctx context.Context) (left []string, err error) {
	if x.admin == nil {
		return slices.Sorted(maps.Keys(x.made.keys)), nil // the bucket's lifecycle rule ends multipart uploads after a day
	}
	for _, key := range slices.Sorted(maps.Keys(x.made.keys)) {
		if failed := x.remove(ctx, key); failed != nil {
			left, err = append(left, key), errors.Join(err, fmt.Errorf("remove %q: %w", key, failed))
		}
	}
	return left, errors.Join(err, x.admin.deleteUsers(ctx))
}

// remove removes a key's versions, delete markers and uploads. The key is the first of those that it is a prefix of.
func (x *Target) remove(ctx context.Context, key string) error {
	objects, err := x.store.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &x.Bucket, Prefix: &key})
	if err != nil {
		return err
	}
	uploads, err := x.store.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: &x.Bucket, Prefix: &key})
	if err != nil {
		return err
	}
	var ids []*string
	for _, v := range objects.Versions {
		if *v.Key == key {
			ids = append(ids, v.VersionId)
		}
	}
	for _, v := range objects.DeleteMarkers {
		if *v.Key == key {
			ids = append(ids, v.VersionId)
		}
	}
	for _, id := range ids {
		_, failed := x.store.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &x.Bucket, Key: &key, VersionId: id})
		err = errors.Join(err, failed)
	}
	for _, u := range uploads.Uploads {
		if *u.Key == key {
			_, failed := x.store.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &x.Bucket, Key: &key, UploadId: u.UploadId})
			err = errors.Join(err, failed)
		}
	}
	return err
}
