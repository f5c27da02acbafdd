// Package client moves files directly between this machine and a private S3 bucket, with URLs that the stack's endpoint
// presigns for the signed-in user.
//
// A Client uploads by one PUT or in parts, depending on size and stack. The endpoint signs the SHA-256 of each file or part.
// The client resumes interrupted transfers, and compares downloads with S3's checksum. It prints nothing and stores no
// token.
//
// Anything may import it; it needs no IAM action, only an access token of the stack's user pool.
//
// A file for one PUT goes by put.go, a larger one by multipart*.go, a download by download*.go. batch.go presigns puts,
// downloads and deletions together; multipart uploads, lists and look-ups presign for themselves. request.go uses the URLs
// and retries, and internal/wire sends the single requests.
package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"example.com/presigned/client/internal/wire"
	"example.com/presigned/client/state"
)

// Defaults, and the limits of Amazon S3 that shape an upload.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
const (
	DefaultParallel       = 16               // requests to S3 at once
	DefaultMultipartAbove = 16 << 20         // bytes: for less, one PUT is quicker than the three requests of a multipart upload
	DefaultStall          = 60 * time.Second // a transfer without progress for this long is aborted

	maxSingleBytes = 5 << 30 // largest body of one PUT, and largest part
	minPartBytes   = 5 << 20 // smallest part except the last
	maxParts       = 10_000

	maxParallel = 1_000 // on many systems a process may have 1,024 open files (ulimit -n)
	maxTries    = 1_000 // about three hours, with waits of 10 s
)

// Config has the stack, the user's tokens, and the limits for transfers and retries.
type Config struct {
	UploadURL   string // the stack's output UploadUrl
	DownloadURL string // the stack's output DownloadUrl; empty when it offers no downloads
	DeleteURL   string // the stack's output DeleteUrl; empty when it offers no deletion

	// Token returns an access token. It is called before every request to the endpoint, so it should
	// cache the token and refresh it before it expires.
	Token func(ctx context.Context) (string, error)
	// Refresh returns another access token after the endpoint refused this one (401). May be nil.
	Refresh func(ctx context.Context, refused string) (string, error)

	HTTPClient     *http.Client  // its transport is used; nil: NewHTTPClient(Parallel)
	Parallel       int           // requests to S3 at once, over all files; small files have up to four times as many; 0: DefaultParallel
	MultipartAbove int64         // bytes; larger files go in parts; 0: DefaultMultipartAbove
	PartBytes      int64         // bytes; 0: the stack's part size; a larger one is an error if the stack has maxUploadBytes
	Tries          int           // attempts of one request; 0: 9
	FirstWait      time.Duration // mean wait after the first failed attempt; 0: 100 ms
	Stall          time.Duration // 0: DefaultStall

	Uploads   *state.Store // stores interrupted uploads; nil: they are cleaned up and not resumed
	Downloads *state.Store // stores interrupted downloads; nil: they start from the beginning
	Notice    func(string) // called with one sentence for the user, from several goroutines; may be nil
	Clock     func() time.Time
}

// Client moves files. It is safe for concurrent use.
type Client struct {
	cfg       Config
	upload    *wire.Endpoint
	download  *wire.Endpoint
	remove    *wire.Endpoint
	sender    wire.Sender
	large     limiter // concurrent requests to S3 with more than inMemoryBytes
	small     limiter // concurrent requests to S3 with at most inMemoryBytes
	hashing   limiter // files for one PUT being hashed
	multipart limiter // files being sent in parts

	puts, gets, deletes *batcher            // each presigns the operations of upload, download or remove
	memory              *semaphore.Weighted // bytes reserved by files for one PUT that wait or are being sent

	failures   failures
	buffers    sync.Pool   // of *[]byte, copyBytes each
	singleOnly atomic.Bool // the stack said that it offers no multipart uploads
}

// New checks the configuration; it sends nothing.
func New(cfg Config) (*Client, error) {
	if cfg.UploadURL == "" || cfg.Token == nil {
		return nil, errors.New("a client needs the upload URL of the stack and a source of access tokens")
	}
	if err := cfg.CheckBounds(); err != nil {
		return nil, err
	}
	cfg.Parallel = cmp.Or(cfg.Parallel, DefaultParallel)
	cfg.MultipartAbove = cmp.Or(cfg.MultipartAbove, DefaultMultipartAbove)
	cfg.Stall = cmp.Or(cfg.Stall, DefaultStall)
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = NewHTTPClient(cfg.Parallel)
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	// Only the transport is used, without redirects: neither server sends them, and following one would send the
	// token or the file elsewhere.
	transport := http.DefaultTransport
	if cfg.HTTPClient.Transport != nil {
		transport = cfg.HTTPClient.Transport
	}
	c := &Client{
		cfg: cfg, large: make(limiter, cfg.Parallel), small: make(limiter, smallParallel(cfg.Parallel)),
		hashing: make(limiter, cfg.Parallel), multipart: make(limiter, cfg.Parallel),
	}
	c.sender = wire.Sender{Transport: transport, Stall: cfg.Stall}
	endpoint := func(url string) *wire.Endpoint {
		return &wire.Endpoint{URL: url, Transport: transport, Retry: c.retry("presign"), Token: cfg.Token, Refresh: cfg.Refresh}
	}
	c.upload, c.download, c.remove = endpoint(cfg.UploadURL), endpoint(cfg.DownloadURL), endpoint(cfg.DeleteURL)
	c.puts, c.gets, c.deletes = &batcher{c: c, e: c.upload}, &batcher{c: c, e: c.download}, &batcher{c: c, e: c.remove}
	c.memory = semaphore.NewWeighted(max(aheadBytes, int64(cfg.Parallel)*inMemoryBytes))
	return c, nil
}

// CheckBounds checks that each number is within its bounds, or 0.
func (c Config) CheckBounds() error {
	for _, n := range []struct {
		what             string
		got, least, most int64
	}{
		{"parallel", int64(c.Parallel), 1, maxParallel},
		{"tries", int64(c.Tries), 1, maxTries},
		{"bytes above which a file goes in parts", c.MultipartAbove, 1, math.MaxInt64},
		{"part size in bytes", c.PartBytes, minPartBytes, maxSingleBytes},
		{"first wait in nanoseconds", int64(c.FirstWait), 1, math.MaxInt64},
		{"stall in nanoseconds", int64(c.Stall), 1, math.MaxInt64},
	} {
		if n.got != 0 && (n.got < n.least || n.got > n.most) {
			return fmt.Errorf("%s: got %d, want %d to %d, or 0 for the default", n.what, n.got, n.least, n.most)
		}
	}
	return nil
}

// aheadBytes bounds the memory for small files, including those that wait for a URL, unless Parallel files of
// inMemoryBytes need more.
const aheadBytes = 8 << 20

// FilesAhead is how many files or keys a caller should pass to the client concurrently. Then the client can presign the next
// batch during transfers.
const FilesAhead = 2*wire.MaxBatch + smallFactor*DefaultParallel

// Requests counts the requests sent to the endpoint so far.
func (c *Client) Requests() int64 {
	return c.upload.Requests() + c.download.Requests() + c.remove.Requests()
}

// smallFactor is how many requests for small content are sent in place of one for large content, up to 256 in all. They
// mostly wait for the network, so more of them at once are faster. More requests for large content would only share the
// bandwidth.
const smallFactor = 4

// smallParallel is the number of concurrent requests to S3 that transfer at most inMemoryBytes.
func smallParallel(parallel int) int { return max(parallel, min(smallFactor*parallel, 256)) }

// bufferBytes is the size of one read or write of a body. net/http's default of 4 KiB needs eight times as many system
// calls. Eighty connections use 5 MiB of buffers.
const bufferBytes = 32 << 10

// NewHTTPClient returns an HTTP client that keeps one connection open for each concurrent request. The standard client
// keeps two for each host and opens new connections for the rest.
func NewHTTPClient(parallel int) *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = parallel + smallParallel(parallel)
	t.MaxIdleConns = 2 * t.MaxIdleConnsPerHost
	t.ResponseHeaderTimeout = 2 * time.Minute // S3 may take long to join parts
	t.ReadBufferSize, t.WriteBufferSize = bufferBytes, bufferBytes
	t.DisableCompression = true // the checksum is of the stored bytes
	return &http.Client{Transport: t}
}
