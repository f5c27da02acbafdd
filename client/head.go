package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"example.com/presigned/client/internal/retry"
	"example.com/presigned/client/internal/wire"
)

// Object is what S3 says of one stored object.
type Object struct {
	Key         string
	Size        int64
	ContentType string
	ETag        string
	Checksum    Checksum
}

// head reads the object's description.
func (c *Client) head(ctx context.Context, key string) (Object, error) {
	if c.cfg.DownloadURL == "" {
		return Object{}, ErrNoDownloads
	}
	asked := false
	return retry.Do(ctx, c.retry(key), func() (Object, error) {
		answer, err := c.download.Ask(ctx, wire.Request{Operation: "headObject", Key: key})
		if notEnabled(err) {
			return Object{}, fmt.Errorf("%w: %w", ErrNoDownloads, err)
		}
		if err != nil {
			return Object{}, err
		}
		res, err := c.sender.Send(ctx, answer, nil, nil)
		if wire.HasStatus(err, http.StatusNotFound) {
			return Object{}, fmt.Errorf("%w: %w", ErrNoObject, err)
		}
		if wire.URLRefused(err) && !asked {
			asked = true
			return Object{}, retry.Again(err) // a HEAD has no body to say that its URL or session has ended: try another
		}
		if err != nil {
			return Object{}, err
		}
		return describe(answer.Key, res), res.Body.Close()
	})
}

func describe(key string, res *http.Response) Object {
	return Object{
		Key:         key,
		Size:        res.ContentLength,
		ContentType: res.Header.Get("Content-Type"),
		ETag:        res.Header.Get("ETag"),
		Checksum:    checksumOf(res.Header),
	}
}

// verdict is the answer to a question that the stack may not let us ask.
type verdict int

const (
	unknown verdict = iota // the stack offers no downloads, or S3 holds no SHA-256
	yes
	no
)

// holds finds out whether the key holds exactly this content.
func (c *Client) holds(ctx context.Context, key string, size int64, sum string) (verdict, error) {
	o, err := c.head(ctx, key)
	switch {
	case errors.Is(err, ErrNoDownloads):
		return unknown, nil
	case errors.Is(err, ErrNoObject):
		return no, nil
	case err != nil:
		return unknown, fmt.Errorf("%w: look for %q: %w", ErrUnsure, key, err)
	case o.Size != size:
		return no, nil
	case o.Checksum.Algorithm != sha256Name:
		return unknown, nil
	case o.Checksum.Value != sum:
		return no, nil
	}
	return yes, nil
}
