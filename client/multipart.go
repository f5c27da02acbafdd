package client

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"example.com/presigned/client/internal/wire"
	"example.com/presigned/client/state"
)

var (
	// errNoSuchUpload ends a multipart upload that S3 no longer has: it was completed or aborted.
	errNoSuchUpload = errors.New("S3 no longer knows this multipart upload")
	// errKeyTaken says that another upload of the same user has taken the key since this one began.
	errKeyTaken = errors.New("the key is taken by another upload")
)

// multipartUpload is one multipart upload at S3, of a file or a stream.
type multipartUpload struct {
	c    *Client
	f    File        // of a stream: without content
	slot *state.Slot // nil: no checkpoint is stored
	checkpoint

	listed      map[int]part   // parts that S3 had when the upload was resumed; those with other content are sent again
	completeURL wire.Presigned // presigned with the last parts; empty: not presigned yet

	maybeCompleted bool // resumed after completeMultipartUpload was sent, and S3 no longer has the upload

	mu      sync.Mutex
	done    map[int]part // parts of this content that S3 has
	resumed int64        // bytes of those that S3 had before
}

// part is a part in S3. S3 keeps it until the upload ends.
type part struct {
	Number   int    `xml:"PartNumber"`
	ETag     string `xml:"ETag"`
	Checksum string `xml:"ChecksumSHA256"`
	Size     int64  `xml:"Size,omitempty"`
}

// presignMultipart presigns a new multipart upload. That starts nothing at S3; using the URL does.
func (c *Client) presignMultipart(ctx context.Context, f File) (wire.Presigned, error) {
	if c.singleOnly.Load() {
		return wire.Presigned{}, ErrNoMultipart
	}
	url, err := presignOne(ctx, c.upload, wire.Operation{
		Name: "createMultipartUpload", Filename: f.filename(), ContentType: f.contentType(), ChecksumAlgorithm: sha256Name,
	})
	if notEnabled(err) {
		c.singleOnly.Store(true)
		return url, fmt.Errorf("%w: %w", ErrNoMultipart, err)
	}
	return url, err
}

// create begins a multipart upload by the URL from presignMultipart. If the answer is lost, an upload with
// an unknown ID may remain; the client says so, and the bucket's lifecycle rule removes it after a day.
func (c *Client) create(ctx context.Context, f File, url wire.Presigned) (*multipartUpload, error) {
	urls := &urlSource{url: url, ask: func(ctx context.Context) (wire.Presigned, error) { return c.presignMultipart(ctx, f) }}
	return do(ctx, c, f.Name, urls, func(url wire.Presigned) (*multipartUpload, error) {
		var created struct {
			XMLName  xml.Name `xml:"InitiateMultipartUploadResult"`
			UploadID string   `xml:"UploadId"`
		}
		err := c.exchangeOnce(ctx, url, nil, &created)
		if err == nil && created.UploadID == "" {
			err = errors.New("S3 started a multipart upload without an upload ID")
		}
		if wire.MayHaveActed(err) {
			c.notice("%s: S3 sent no usable answer; it may have begun a multipart upload of %s, which the bucket aborts after a day", f.Name, url.Key)
		}
		return &multipartUpload{c: c, f: f, done: map[int]part{}, checkpoint: checkpoint{
			Path: f.path, Size: f.Size, ModTime: f.modTime, ContentType: f.contentType(),
			Key: url.Key, UploadID: created.UploadID, Began: c.cfg.Clock(),
		}}, err
	})
}

func (u *multipartUpload) operation(name string) wire.Operation {
	return wire.Operation{Name: name, Key: u.Key, UploadID: u.UploadID}
}

// call sends one small request about the upload.
func (u *multipartUpload) call(ctx context.Context, urls *urlSource, body *wire.Body, into any) error {
	return orNoSuchUpload(u.c.exchange(ctx, u.f.Name, urls, body, into))
}

func orNoSuchUpload(err error) error {
	if wire.HasCode(err, "NoSuchUpload") {
		return fmt.Errorf("%w: %w", errNoSuchUpload, err)
	}
	return err
}

// list returns the parts that S3 has.
func (u *multipartUpload) list(ctx context.Context) (map[int]part, error) {
	listed := map[int]part{}
	o := u.operation("listParts")
	for {
		var page struct {
			XMLName   xml.Name `xml:"ListPartsResult"`
			Parts     []part   `xml:"Part"`
			Truncated bool     `xml:"IsTruncated"`
			Next      int      `xml:"NextPartNumberMarker"`
		}
		if err := u.call(ctx, u.c.urls(u.c.upload, o), nil, &page); err != nil {
			return nil, err
		}
		for _, p := range page.Parts {
			listed[p.Number] = p
		}
		if !page.Truncated || page.Next <= o.PartNumber {
			return listed, nil
		}
		o.PartNumber = page.Next
	}
}

// complete joins the parts into the object, once. If the answer is lost, it asks S3 whether the object exists.
func (u *multipartUpload) complete(ctx context.Context) (Result, error) {
	r := Result{Key: u.Key, Size: u.Size, ContentType: u.ContentType, Parts: len(u.done), Resumed: u.resumed}
	var document struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CompleteMultipartUpload"`
		Parts   []part   `xml:"Part"`
	}
	var sums [][]byte
	for n := 1; n <= len(u.done); n++ {
		p := u.done[n]
		sum, err := base64.StdEncoding.DecodeString(p.Checksum)
		if err != nil {
			return r, err
		}
		sums = append(sums, sum)
		p.Size = 0 // S3 does not accept it here
		document.Parts = append(document.Parts, p)
	}
	r.ChecksumSHA256 = sha256Checksum.composite(sums)
	if u.maybeCompleted {
		return r, u.confirmCompleted(ctx, r, errNoSuchUpload)
	}
	text, err := xml.Marshal(document)
	if err != nil {
		return r, err
	}
	u.Completing = true
	u.save()
	body := &wire.Body{Open: func() io.Reader { return bytes.NewReader(text) }, Length: int64(len(text))}
	var answer struct {
		Checksum string `xml:"ChecksumSHA256"`
	}
	err = u.call(ctx, u.c.urlsFrom(u.completeURL, u.c.upload, u.operation("completeMultipartUpload")), body, &answer)
	switch {
	case errors.Is(err, errNoSuchUpload), wire.HasStatus(err, http.StatusPreconditionFailed):
		err = u.confirmCompleted(ctx, r, err)
	case err == nil && cmp.Or(answer.Checksum, r.ChecksumSHA256) != r.ChecksumSHA256:
		err = fmt.Errorf("S3 joined other content as %q: %w: got %s, want %s", u.Key, ErrCorrupt, answer.Checksum, r.ChecksumSHA256)
	}
	return r, err
}

// uploadLife is how long S3 keeps the parts of an upload that is not completed: the bucket's lifecycle rule removes them
// after a day, not sooner.
const uploadLife = 24 * time.Hour

// confirmCompleted returns nil if an earlier completion, whose answer was lost, has made the object. S3
// has refused this one, because it no longer has the upload or because there is an object.
func (u *multipartUpload) confirmCompleted(ctx context.Context, r Result, refused error) error {
	found, err := u.c.findObject(ctx, u.Key, r.Size, r.ChecksumSHA256)
	if err != nil || found == sameContent {
		return err
	}
	if errors.Is(refused, errNoSuchUpload) {
		// Nobody has aborted the upload: this process hasn't, and the bucket's rule does so after a day. So it was completed.
		if found == unknown && u.c.cfg.Clock().Sub(u.Began) < uploadLife {
			return nil
		}
		return refused
	}
	if found != otherContent {
		// There is an object whose content we can't see. It is this upload's if S3 no longer has the upload.
		if _, err := u.list(ctx); errors.Is(err, errNoSuchUpload) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return fmt.Errorf("%w: %w", errKeyTaken, refused)
}
