package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"example.com/presigned/client/internal/retry"
	"example.com/presigned/client/internal/wire"
)

// Upload sends the file, in parts when it is large and the stack offers that, else by one PUT.
//
// An upload of a file on disk that fails or is interrupted can be resumed by the next call when the
// Config has a store for uploads; then the error is a *Resumable.
func (c *Client) Upload(ctx context.Context, f File) (Result, error) {
	r, err := c.uploadAny(ctx, f)
	return r, named("upload", f.Name, err)
}

func (c *Client) uploadAny(ctx context.Context, f File) (Result, error) {
	if f.Size > c.cfg.MultipartAbove && !c.singleOnly.Load() {
		r, err := c.uploadParts(ctx, f)
		if !errors.Is(err, ErrNoMultipart) {
			return r, err
		}
		c.singleOnly.Store(true)
	}
	if f.Size > maxSingleBytes {
		return Result{}, fmt.Errorf("%w, and in a single PUT %w", ErrNoMultipart, tooLarge(f.Size, maxSingleBytes))
	}
	return c.uploadSingle(ctx, f)
}

// single is one upload by putObject.
type single struct {
	c      *Client
	f      File
	sum    digest
	answer wire.Answer // kept while it works: a new one means a new key
	taken  int         // keys that were taken
	unsure bool        // an attempt may have been stored although its answer was lost
}

func (c *Client) uploadSingle(ctx context.Context, f File) (Result, error) {
	release, err := c.slot(ctx)
	if err != nil {
		return Result{}, err
	}
	defer release()
	if f, err = snapshot(f); err != nil {
		return Result{}, err
	}
	s := &single{c: c, f: f}
	if s.sum, err = digestOf(f.Content, 0, f.Size); err != nil {
		return Result{}, err
	}
	// A change while the hash was made shows now; one that comes later breaks the signed checksum.
	if err := f.unchanged(); err != nil {
		return Result{}, err
	}
	return retry.Do(ctx, c.retry(f.Name), func() (Result, error) { return s.attempt(ctx) })
}

func (s *single) attempt(ctx context.Context) (Result, error) {
	if s.answer.URL == "" {
		var err error
		if s.answer, err = s.c.askNewKey(ctx, s.request()); err != nil {
			return Result{}, err
		}
	}
	res, err := s.c.sender.Send(ctx, s.answer, section(s.f, 0, s.f.Size), nil)
	if err == nil {
		err = stored(res)
	}
	if err != nil {
		return s.judge(ctx, err)
	}
	return s.result(), res.Body.Close()
}

func (s *single) request() wire.Request {
	return wire.Request{Operation: "putObject", ContentType: s.f.contentType(), ContentLength: s.f.Size, ChecksumSHA256: s.sum.String()}
}

// judge decides what a failed attempt means for the next one.
func (s *single) judge(ctx context.Context, err error) (Result, error) {
	switch {
	case wire.HasStatus(err, http.StatusPreconditionFailed):
		// The key is taken: by our own earlier attempt whose answer was lost, or by another upload
		// of the same user in the same millisecond.
		return s.keyTaken(ctx, err)
	case wire.URLRefused(err):
		return s.urlRefused(ctx, err)
	case contentRefused(err):
		return Result{}, s.c.reread(s.f, 0, s.f.Size, s.sum, err)
	}
	s.unsure = true
	return Result{}, err
}

// urlRefused gives up a URL that S3 did not take, for one with another key. This attempt has stored nothing; an earlier
// one, whose answer was lost, may have, and its key is known here only.
func (s *single) urlRefused(ctx context.Context, refused error) (Result, error) {
	if r, found, err := s.dropKey(ctx); found || err != nil {
		return r, err
	}
	return Result{}, refused
}

// dropKey gives up the key that was asked for, unless an earlier attempt, whose answer was lost, has stored the content
// under it: then that is the result.
func (s *single) dropKey(ctx context.Context) (r Result, found bool, err error) {
	if s.unsure {
		is, err := s.c.holds(ctx, s.answer.Key, s.f.Size, s.sum.String())
		if err != nil {
			return Result{}, false, err
		}
		if is == yes {
			return s.result(), true, nil
		}
	}
	s.answer, s.unsure = wire.Answer{}, false
	return Result{}, false, nil
}

// promptKeys is how often a taken key is answered by asking for another at once, before waiting.
const promptKeys = 3

// keyTaken tells our own object from another's. Where the stack does not let us look it asks for a new key:
// the content stored twice is better than not at all.
func (s *single) keyTaken(ctx context.Context, refused error) (Result, error) {
	if r, found, err := s.dropKey(ctx); found || err != nil {
		return r, err
	}
	if s.taken++; s.taken <= promptKeys {
		return s.attempt(ctx)
	}
	return Result{}, retry.Again(refused)
}

func (s *single) result() Result {
	return Result{Key: s.answer.Key, Size: s.f.Size, ContentType: s.f.contentType(), ChecksumSHA256: s.sum.String()}
}

// stored makes sure that it was S3 that said 200 to a PUT: it names what it stored by an ETag, which a hotel's
// sign-in page or a confused proxy does not. A page like that passes, so it is worth another attempt.
func stored(res *http.Response) error {
	if res.Header.Get("ETag") != "" {
		return nil
	}
	_ = res.Body.Close()
	return retry.Again(fmt.Errorf("status %d without an ETag: it was not S3 that answered; is something between this machine and S3, such as a sign-in page?", res.StatusCode))
}

// section is the body that sends a stretch of the file.
func section(f File, offset, length int64) *wire.Body {
	return &wire.Body{
		Open: func() io.Reader {
			return &stretch{Reader: io.NewSectionReader(f.Content, offset, length), left: length}
		},
		Length: length,
		Moved:  f.progress,
	}
}

// stretch is content that has to be as long as was announced: an end before that means that the file has shrunk.
type stretch struct {
	io.Reader
	left int64 // bytes
}

func (s *stretch) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	s.left -= int64(n)
	if errors.Is(err, io.EOF) && s.left > 0 {
		err = fmt.Errorf("%w: it ends %d bytes early", ErrChanged, s.left)
	}
	return n, err
}

// snapshotBytes is the size up to which a file is read into memory: read once instead of twice, and
// what was hashed is then what is sent. Sixteen at once are 4 MiB.
const snapshotBytes = 256 << 10

func snapshot(f File) (File, error) {
	if f.Size > snapshotBytes {
		return f, nil
	}
	content := make([]byte, f.Size)
	if n, err := f.Content.ReadAt(content, 0); int64(n) != f.Size {
		return f, fmt.Errorf("%w: read %d of %d bytes: %w", ErrChanged, n, f.Size, err)
	}
	f.Content = bytes.NewReader(content)
	return f, nil
}

// contentRefused reports that what arrived at S3 does not have the signed checksum or length.
func contentRefused(err error) bool {
	return wire.HasCode(err, "BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch", "IncompleteBody")
}

// reread finds out whose fault a refused checksum is. If the stretch reads differently now, the file
// changed; if not, the network did it, and another attempt helps.
func (c *Client) reread(f File, offset, length int64, want digest, refused error) error {
	got, err := digestOf(f.Content, offset, length)
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("%w: bytes %d to %d read differently a second time", ErrChanged, offset, offset+length-1)
	}
	return retry.Again(refused)
}
