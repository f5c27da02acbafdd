package client

import (
	"bytes"
	"context"
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
	// errGone ends a multipart upload that S3 no longer knows: it was completed, or aborted.
	errGone = errors.New("S3 no longer knows this multipart upload")
	// errTaken says that another upload of the same user has taken the key since this one began.
	errTaken = errors.New("the key is taken by another upload")
)

// multipartUpload is one multipart upload at S3, of a file or a stream.
type multipartUpload struct {
	c    *Client
	f    File        // a stream's has no content
	slot *state.Slot // nil: not remembered
	checkpoint

	held       map[int]part // parts that S3 held when the upload was resumed; those of other content are sent again
	completion *urlSource   // presigned with the last parts; nil: not presigned yet

	maybeCompleted bool // resumed after its completion was sent, and S3 no longer knew it

	mu      sync.Mutex
	sent    map[int]part // parts of this content that S3 holds
	resumed int64        // bytes of them that S3 had held before
}

// part is a part in S3. S3 keeps it until the upload ends.
type part struct {
	Number   int    `xml:"PartNumber"`
	ETag     string `xml:"ETag"`
	Checksum string `xml:"ChecksumSHA256"`
	Size     int64  `xml:"Size,omitempty"`

	sum digest
}

// presignMultipart presigns a new multipart upload. That starts nothing at S3; using the URL does.
func (c *Client) presignMultipart(ctx context.Context, f File) (wire.Presigned, error) {
	url, err := presignOne(ctx, c.upload, wire.Operation{
		Name: "createMultipartUpload", Filename: f.filename(), ContentType: f.contentType(), ChecksumAlgorithm: sha256Name,
	})
	if notEnabled(err) {
		return url, fmt.Errorf("%w: %w", ErrNoMultipart, err)
	}
	return url, err
}

// create begins a multipart upload by the URL from presignMultipart. If the answer is lost, an upload with
// an unknown ID may remain; the client says so, and the bucket's lifecycle rule removes it after a day.
func (c *Client) create(ctx context.Context, f File, url wire.Presigned) (*multipartUpload, error) {
	urls := &urlSource{url: url, ask: func(ctx context.Context) (wire.Presigned, error) {
		return c.presignMultipart(ctx, f)
	}}
	return do(ctx, c, f.Name, urls, func(url wire.Presigned) (*multipartUpload, error) {
		var created struct {
			XMLName  xml.Name `xml:"InitiateMultipartUploadResult"`
			UploadID string   `xml:"UploadId"`
		}
		err := c.exchange(ctx, url, nil, &created)
		if err == nil && created.UploadID == "" {
			err = errors.New("S3 started a multipart upload without an upload ID")
		}
		if wire.MayHaveActed(err) {
			c.notice("%s: S3's answer was lost; it may have begun a multipart upload of %s, which the bucket drops after a day", f.Name, url.Key)
		}
		return &multipartUpload{c: c, f: f, sent: map[int]part{}, checkpoint: checkpoint{
			Path: f.path, Size: f.Size, ModTime: f.modTime, ContentType: f.contentType(),
			Key: url.Key, UploadID: created.UploadID, Began: c.cfg.Clock(),
		}}, err
	})
}

func (u *multipartUpload) operation(name string) wire.Operation {
	return wire.Operation{Name: name, Key: u.Key, UploadID: u.UploadID}
}

// call does one operation on the upload that has a small answer.
func (u *multipartUpload) call(ctx context.Context, o wire.Operation, body *wire.Body, into any) error {
	return u.callBy(ctx, u.c.urls(u.c.upload, o), body, into)
}

func (u *multipartUpload) callBy(ctx context.Context, urls *urlSource, body *wire.Body, into any) error {
	_, err := do(ctx, u.c, u.f.Name, urls, func(url wire.Presigned) (struct{}, error) {
		return struct{}{}, u.c.exchange(ctx, url, body, into)
	})
	return orGone(err)
}

func orGone(err error) error {
	if wire.HasCode(err, "NoSuchUpload") {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	return err
}

// list returns the parts that S3 holds.
func (u *multipartUpload) list(ctx context.Context) (map[int]part, error) {
	held := map[int]part{}
	o := u.operation("listParts")
	for {
		var page struct {
			XMLName   xml.Name `xml:"ListPartsResult"`
			Parts     []part   `xml:"Part"`
			Truncated bool     `xml:"IsTruncated"`
			Next      int      `xml:"NextPartNumberMarker"`
		}
		if err := u.call(ctx, o, nil, &page); err != nil {
			return nil, err
		}
		for _, p := range page.Parts {
			held[p.Number] = p
		}
		if !page.Truncated || page.Next <= o.PartNumber {
			return held, nil
		}
		o.PartNumber = page.Next
	}
}

// hashPart reads and hashes a part.
func hashPart(number int, content *io.SectionReader) (part, error) {
	sum, err := digestOf(content)
	return part{Number: number, Checksum: sum.String(), Size: content.Size(), sum: sum}, err
}

// holds reports that S3 has the part already.
func (u *multipartUpload) holds(p part) bool {
	held := u.held[p.Number]
	return u.maybeCompleted || held.Checksum == p.Checksum && held.Size == p.Size
}

func (u *multipartUpload) partOperation(p part) wire.Operation {
	o := u.operation("uploadPart")
	o.PartNumber, o.ContentLength, o.ChecksumSHA256 = p.Number, &p.Size, p.Checksum
	return o
}

// sendPart uploads one part, unless S3 holds it already.
func (u *multipartUpload) sendPart(ctx context.Context, p part, content *io.SectionReader, urls *urlSource) (err error) {
	resumed := u.holds(p)
	if resumed {
		p.ETag = u.held[p.Number].ETag
		u.f.held(p.Size)
	} else {
		what := fmt.Sprintf("%s, part %d", u.f.Name, p.Number)
		p.ETag, err = do(ctx, u.c, what, urls, func(url wire.Presigned) (string, error) {
			return u.c.sendContent(ctx, url, content, p.sum, u.f.progress)
		})
		if err != nil {
			return orGone(err)
		}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.sent[p.Number] = p
	if resumed {
		u.resumed += p.Size
	}
	return nil
}

// complete joins the parts into the object, once. If the answer is lost, it asks S3 whether the object exists.
func (u *multipartUpload) complete(ctx context.Context) (Result, error) {
	r := Result{Key: u.Key, Size: u.Size, ContentType: u.ContentType, Parts: len(u.sent), Resumed: u.resumed}
	var document struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CompleteMultipartUpload"`
		Parts   []part   `xml:"Part"`
	}
	var sums [][]byte
	for n := 1; n <= len(u.sent); n++ {
		p := u.sent[n]
		sums = append(sums, p.sum[:])
		p.Size = 0 // S3 does not accept it here
		document.Parts = append(document.Parts, p)
	}
	r.ChecksumSHA256 = algorithms()[0].composite(sums)
	if u.maybeCompleted {
		return r, u.completedBefore(ctx, r, errGone)
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
	urls := u.completion
	if urls == nil {
		urls = u.c.urls(u.c.upload, u.operation("completeMultipartUpload"))
	}
	err = u.callBy(ctx, urls, body, &answer)
	switch {
	case errors.Is(err, errGone), wire.HasStatus(err, http.StatusPreconditionFailed):
		err = u.completedBefore(ctx, r, err)
	case err == nil && answer.Checksum != "" && answer.Checksum != r.ChecksumSHA256:
		err = fmt.Errorf("S3 joined other content as %q: %w: got %s, want %s", u.Key, ErrCorrupt, answer.Checksum, r.ChecksumSHA256)
	}
	return r, err
}

// uploadLife is how long S3 keeps the parts of an upload that nobody completes: the bucket's lifecycle
// rule drops them after a day, not sooner.
const uploadLife = 24 * time.Hour

// completedBefore returns nil if the object is there by an earlier completion whose answer was lost. S3
// has refused this one, because it no longer knows the upload or because there is an object.
func (u *multipartUpload) completedBefore(ctx context.Context, r Result, refused error) error {
	is, err := u.c.look(ctx, u.Key, r.Size, r.ChecksumSHA256)
	switch {
	case err != nil || is == same:
		return err
	case !errors.Is(refused, errGone) && is == different:
		return fmt.Errorf("%w: %w", errTaken, refused)
	case !errors.Is(refused, errGone):
		// There is an object that we may not read. It is this upload's if S3 no longer has the upload.
		if _, err := u.list(ctx); err == nil {
			return fmt.Errorf("%w: %w", errTaken, refused)
		} else if !errors.Is(err, errGone) {
			return err
		}
		return nil
	case is == unknown && u.c.cfg.Clock().Sub(u.Began) < uploadLife:
		// Only this process aborts the upload, and the bucket's rule only after a day.
		return nil
	}
	return refused
}
