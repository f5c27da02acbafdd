package client

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"example.com/presigned/client/internal/retry"
	"example.com/presigned/client/internal/wire"
)

// errGone is the end of a multipart upload that S3 no longer knows: completed, or aborted.
var errGone = errors.New("S3 no longer knows this multipart upload")

// multipart is one multipart upload at S3, by its five operations. What is uploaded is not its matter.
type multipart struct {
	c     *Client
	name  string // for messages
	key   string
	id    string
	began time.Time
}

// part is a part that S3 holds. S3 forgets none of it until the upload ends.
type part struct {
	Number   int    `xml:"PartNumber"`
	ETag     string `xml:"ETag"`
	Checksum string `xml:"ChecksumSHA256"`
	Size     int64  `xml:"Size,omitempty"`
}

// maxListBytes bounds an answer of S3 in XML: a page of 1,000 parts or objects has less than 1 MiB.
const maxListBytes = 8 << 20

// startMultipart presigns a new multipart upload. Presigning starts nothing at S3; sending the answer does.
func (c *Client) startMultipart(ctx context.Context, contentType string) (wire.Answer, error) {
	a, err := c.askNewKey(ctx, wire.Request{Operation: "createMultipartUpload", ContentType: contentType, ChecksumAlgorithm: sha256Name})
	if notEnabled(err) {
		return a, fmt.Errorf("%w: %w", ErrNoMultipart, err)
	}
	return a, err
}

// create sends what startMultipart presigned. A lost answer may leave an upload that nobody can name: that
// is said, and the bucket drops it after a day.
func (c *Client) create(ctx context.Context, name, contentType string, a wire.Answer) (*multipart, error) {
	return retry.Do(ctx, c.retry(name), func() (*multipart, error) {
		if a.URL == "" {
			var err error
			if a, err = c.startMultipart(ctx, contentType); err != nil {
				return nil, err
			}
		}
		var created struct {
			XMLName  xml.Name `xml:"InitiateMultipartUploadResult"`
			UploadID string   `xml:"UploadId"`
		}
		m := &multipart{c: c, name: name, key: a.Key, began: c.cfg.Clock()}
		err := c.exchange(ctx, a, nil, &created)
		a = wire.Answer{} // another attempt has a key of its own
		if err == nil && created.UploadID == "" {
			err = errors.New("S3 started a multipart upload without an upload ID")
		}
		if wire.MayHaveActed(err) {
			c.notice("%s: S3's answer was lost; it may have begun a multipart upload of %s, which the bucket drops after a day", name, m.key)
		}
		m.id = created.UploadID
		return m, err
	})
}

// exchange sends a small request and reads the XML of its answer.
func (c *Client) exchange(ctx context.Context, a wire.Answer, body *wire.Body, into any) error {
	res, err := c.sender.Send(ctx, a, body, nil)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxListBytes))
	if err != nil {
		return err
	}
	if refusal := wire.RefusalIn(text); refusal != nil {
		return refusal
	}
	if into == nil {
		return nil
	}
	if err := xml.Unmarshal(text, into); err != nil {
		return fmt.Errorf("answer of S3 to %s: %w", a, err)
	}
	return nil
}

func (m *multipart) request(operation string) wire.Request {
	return wire.Request{Operation: operation, Key: m.key, UploadID: m.id}
}

// do presigns and sends one operation on the upload, again where that helps.
func (m *multipart) do(ctx context.Context, r wire.Request, body *wire.Body, into any) error {
	_, err := retry.Do(ctx, m.c.retry(m.name), func() (struct{}, error) {
		a, err := m.c.upload.Ask(ctx, r)
		if err == nil {
			err = m.c.exchange(ctx, a, body, into)
		}
		return struct{}{}, err
	})
	return m.explain(err)
}

func (m *multipart) explain(err error) error {
	if wire.HasCode(err, "NoSuchUpload") {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	return err
}

// list returns the parts that S3 holds.
func (m *multipart) list(ctx context.Context) (map[int]part, error) {
	held := map[int]part{}
	r := m.request("listParts")
	for {
		var page struct {
			XMLName   xml.Name `xml:"ListPartsResult"`
			Parts     []part   `xml:"Part"`
			Truncated bool     `xml:"IsTruncated"`
			Next      int      `xml:"NextPartNumberMarker"`
		}
		if err := m.do(ctx, r, nil, &page); err != nil {
			return nil, err
		}
		for _, p := range page.Parts {
			held[p.Number] = p
		}
		if !page.Truncated || page.Next <= r.PartNumber {
			return held, nil
		}
		r.PartNumber = page.Next
	}
}

// send uploads one part whose digest is known, and returns it as S3 took it.
func (m *multipart) send(ctx context.Context, number int, sum digest, body *wire.Body, onRefused func(error) error) (part, error) {
	r := m.request("uploadPart")
	r.PartNumber, r.ContentLength, r.ChecksumSHA256 = number, body.Length, sum.String()
	return retry.Do(ctx, m.c.retry(fmt.Sprintf("%s, part %d", m.name, number)), func() (part, error) {
		a, err := m.c.upload.Ask(ctx, r)
		if err != nil {
			return part{}, err
		}
		res, err := m.c.sender.Send(ctx, a, body, nil)
		if contentRefused(err) {
			return part{}, onRefused(err)
		}
		if err == nil {
			err = stored(res)
		}
		if err != nil {
			return part{}, m.explain(err)
		}
		drained := res.Body.Close()
		return part{Number: number, ETag: res.Header.Get("ETag"), Checksum: sum.String(), Size: body.Length}, drained
	})
}

// abort drops the upload and its parts. It goes on when the caller has been interrupted: that is when
// it is needed.
func (m *multipart) abort(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTimeout)
	defer cancel()
	err := m.do(ctx, m.request("abortMultipartUpload"), nil, nil)
	if errors.Is(err, errGone) || wire.HasStatus(err, http.StatusNotFound) {
		return nil
	}
	return err
}
