package client

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"example.com/presigned/client/internal/wire"
)

// abortTimeout bounds the cleaning up after an interruption; the bucket's own rule follows after a day.
const abortTimeout = 15 * time.Second

// errTaken says that another upload of the same user has taken the key since this one began.
var errTaken = errors.New("the key is taken by another upload")

// complete joins the parts into the object, once. Its answer can be lost like any other; whether the
// object is there is then found out, not guessed.
func (m *multipart) complete(ctx context.Context, parts []part, want string, size int64) error {
	document, err := xml.Marshal(struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CompleteMultipartUpload"`
		Parts   []joined `xml:"Part"`
	}{Parts: names(parts)})
	if err != nil {
		return err
	}
	body := &wire.Body{Open: func() io.Reader { return bytes.NewReader(document) }, Length: int64(len(document))}
	var answer struct {
		Checksum string `xml:"ChecksumSHA256"`
	}
	err = m.do(ctx, m.request("completeMultipartUpload"), body, &answer)
	switch {
	case errors.Is(err, errGone):
		return m.settle(ctx, want, size, err)
	case wire.HasStatus(err, http.StatusPreconditionFailed):
		return m.whose(ctx, want, size, err)
	case err == nil && answer.Checksum != "" && answer.Checksum != want:
		return fmt.Errorf("S3 joined other content as %q: %w: got %s, want %s", m.key, ErrCorrupt, answer.Checksum, want)
	}
	return err
}

// joined is a part as completeMultipartUpload wants it.
type joined struct {
	Number   int    `xml:"PartNumber"`
	ETag     string `xml:"ETag"`
	Checksum string `xml:"ChecksumSHA256"`
}

func names(parts []part) []joined {
	list := make([]joined, len(parts))
	for i, p := range parts {
		list[i] = joined{p.Number, p.ETag, p.Checksum}
	}
	return list
}

// uploadLife is how long S3 keeps the parts of an upload that nobody completes: the bucket's lifecycle
// rule drops them after a day, not sooner.
const uploadLife = 24 * time.Hour

// settle finds out whether an upload that S3 no longer knows, although all its parts were there when its
// completion was sent, has become our object. Where the stack does not let us look, the only other end
// of an upload tells: nobody but this process aborts it, and the bucket does not before a day is over.
func (m *multipart) settle(ctx context.Context, want string, size int64, gone error) error {
	is, err := m.c.holds(ctx, m.key, size, want)
	if err != nil {
		return err
	}
	if is == yes || is == unknown && m.c.cfg.Clock().Sub(m.began) < uploadLife {
		return nil
	}
	return gone
}

// whose finds out whose object made S3 refuse to write the key: ours, by an earlier attempt whose answer
// was lost, or another upload's. Where the stack does not let us look, S3 still tells: an upload that
// has become an object is no longer known as an upload.
func (m *multipart) whose(ctx context.Context, want string, size int64, refused error) error {
	is, err := m.c.holds(ctx, m.key, size, want)
	if is == unknown && err == nil {
		if _, err = m.list(ctx); errors.Is(err, errGone) {
			return nil
		}
	}
	if err != nil || is == yes {
		return err
	}
	return fmt.Errorf("%w: %w", errTaken, refused)
}
