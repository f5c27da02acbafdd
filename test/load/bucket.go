package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func (b bucket) remove(ctx context.Context, key string) error {
	_, err := b.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.name, Key: &key})
	return err
}

// sizes lists all objects, whosever they are.
func (b bucket) sizes(ctx context.Context) (map[string]int64, error) {
	sizes := map[string]int64{}
	for pages := s3.NewListObjectsV2Paginator(b.client, &s3.ListObjectsV2Input{Bucket: &b.name}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the bucket: %w", err)
		}
		for _, o := range page.Contents {
			sizes[*o.Key] = *o.Size
		}
	}
	return sizes, nil
}

// unfinished are the keys of the multipart uploads that were begun, and neither completed nor aborted.
func (b bucket) unfinished(ctx context.Context) (keys []string, err error) {
	listed, err := b.client.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: &b.name})
	if err != nil {
		return nil, fmt.Errorf("list the multipart uploads: %w", err)
	}
	for _, u := range listed.Uploads {
		keys = append(keys, *u.Key)
	}
	return keys, nil
}

func (b bucket) sum(ctx context.Context, key string) (sum [sha256.Size]byte, size int64, err error) {
	got, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.name, Key: &key})
	if err != nil {
		return sum, 0, err
	}
	hash := sha256.New()
	size, err = io.Copy(hash, got.Body)
	return [sha256.Size]byte(hash.Sum(nil)), size, errors.Join(err, got.Body.Close())
}

// finish compares what is in the store with what the users were told, and searches what the stack wrote.
func (w *world) finish(ctx context.Context) {
	if err := w.settle(ctx); err != nil {
		w.results.wrong("the store at the end", err)
	}
	if err := w.records.search(&w.search); err != nil {
		w.results.wrong("search", err)
	}
	for _, leak := range w.search.Found() {
		w.results.wrong("a secret", errors.New(leak.String()))
	}
}

func (w *world) settle(ctx context.Context) error {
	listed, err := w.bucket.sizes(ctx)
	if err != nil {
		return err
	}
	w.left = len(listed)
	if told := w.results.stored.Load() - w.results.removed.Load(); int64(len(listed)) != told {
		w.results.wrong("the store at the end", fmt.Errorf("holds %d objects, want the %d that users were told of", len(listed), told))
	}
	for _, u := range w.users {
		for _, o := range u.own() {
			sum, size, err := w.bucket.sum(ctx, o.key)
			if err == nil {
				err = u.equal(o, size, sum)
			}
			if err != nil {
				w.results.wrong("the store at the end", err)
			}
			delete(listed, o.key)
		}
	}
	for key := range listed {
		w.results.wrong("the store at the end", fmt.Errorf("holds %q, of which nobody was told", key))
	}
	unfinished, err := w.bucket.unfinished(ctx)
	if err == nil && len(unfinished) > 0 {
		err = fmt.Errorf("multipart uploads of %q are unfinished, want none", unfinished)
	}
	return err
}
