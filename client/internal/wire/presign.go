// Package wire sends requests to the two servers: it asks the endpoint for presigned URLs, and uses them at S3. Its errors
// say whether another attempt can help, and contain no presigned URL and no token.
//
// Only this module may import it. It knows single requests, not files or uploads.
package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"example.com/presigned/client/internal/retry"
)

// Operation is what a URL is presigned for. The fields are the contract's.
type Operation struct {
	Name              string `json:"operation"`          // as the S3 API spells it
	Filename          string `json:"filename,omitempty"` // goes into a new key
	ContentType       string `json:"contentType,omitempty"`
	ContentLength     *int64 `json:"contentLength,omitempty"` // of an empty file it is 0, and sent
	ChecksumSHA256    string `json:"checksumSHA256,omitempty"`
	ChecksumAlgorithm string `json:"checksumAlgorithm,omitempty"`
	ChecksumMode      string `json:"checksumMode,omitempty"`
	Key               string `json:"key,omitempty"`
	UploadID          string `json:"uploadId,omitempty"`
	PartNumber        int    `json:"partNumber,omitempty"`
	ContinuationToken string `json:"continuationToken,omitempty"`
}

// Presigned is what the endpoint signed: the client sends exactly this method, URL and these headers.
type Presigned struct {
	URL            string            `json:"url"`
	Method         string            `json:"method"`
	Headers        map[string]string `json:"headers"`
	Key            string            `json:"key"`
	ExpiresAt      time.Time         `json:"expiresAt"`      // by this machine's clock
	PartSize       int64             `json:"partSize"`       // bytes; with createMultipartUpload
	MaxUploadBytes int64             `json:"maxUploadBytes"` // bytes; 0: the stack sets no bound
}

// String leaves the URL out: it is a bearer credential.
func (p Presigned) String() string { return p.Method + " " + p.Key }

// GoString keeps %#v from printing what String hides.
func (p Presigned) GoString() string { return p.String() }

// Endpoint is one route of the API.
type Endpoint struct {
	URL       string
	Transport http.RoundTripper
	Retry     retry.Policy

	// Token returns the access token to send. Refresh, which may be nil, returns another one after the
	// endpoint has refused that one.
	Token   func(ctx context.Context) (string, error)
	Refresh func(ctx context.Context, refused string) (string, error)

	requests atomic.Int64
	maxBatch atomic.Int64 // from the endpoint; 0: not known yet
}

// Requests counts the requests sent so far, including repeated ones.
func (e *Endpoint) Requests() int64 { return e.requests.Load() }

// MaxBatch is the contract's bound on the operations of one request. A stack may allow fewer.
const MaxBatch = 100

// maxAnswerBytes bounds what is read of an answer; the real one to a single request has less than 4 KiB.
const maxAnswerBytes = MaxBatch * (64 << 10)

// presignTimeout is a little more than the 29 s that API Gateway gives the function.
const presignTimeout = 35 * time.Second

// Result is the answer to one operation: a URL or an error.
type Result struct {
	Presigned
	Err error
}

// Presign returns a result for each operation, in their order. It sends as few requests as the stack
// allows, tries each again where that can help, and refreshes a refused access token once. A batch that
// fails as a whole is an error of each of its operations.
func (e *Endpoint) Presign(ctx context.Context, operations ...Operation) []Result {
	results := make([]Result, 0, len(operations))
	for len(results) < len(operations) {
		rest := operations[len(results):]
		batch := rest[:min(len(rest), e.batchBound())]
		got, err := e.presign(ctx, batch)
		if e.learn(err) {
			continue
		}
		if err != nil {
			got = make([]Result, len(batch))
			for i := range got {
				got[i].Err = err
			}
		}
		results = append(results, got...)
	}
	return results
}

func (e *Endpoint) batchBound() int {
	if n := e.maxBatch.Load(); n > 0 {
		return int(n)
	}
	return MaxBatch
}

// learn stores the bound of an endpoint that refused a batch as too large. It reports whether the bound is less than what
// was sent, so that smaller batches can help.
func (e *Endpoint) learn(err error) bool {
	p, ok := errors.AsType[*Refusal](err)
	if !ok || p.Code != "BatchTooLarge" || p.MaxBatch < 1 || p.MaxBatch >= e.batchBound() {
		return false
	}
	e.maxBatch.Store(int64(p.MaxBatch))
	return true
}

func (e *Endpoint) presign(ctx context.Context, batch []Operation) ([]Result, error) {
	token, err := e.Token(ctx)
	if err != nil {
		return nil, err
	}
	var request any = map[string]any{"requests": batch}
	if len(batch) == 1 {
		request = batch[0]
	}
	body, err := json.Marshal(request)
	if err != nil {
		return nil, err
	}
	refreshed := false
	return retry.Do(ctx, e.Retry, func() ([]Result, error) {
		results, err := e.post(ctx, token, body, len(batch))
		if HasStatus(err, http.StatusUnauthorized) && e.Refresh != nil && !refreshed {
			refreshed = true
			if token, err = e.Refresh(ctx, token); err != nil {
				return nil, err
			}
			return e.post(ctx, token, body, len(batch))
		}
		return results, err
	})
}

func (e *Endpoint) post(ctx context.Context, token string, body []byte, n int) ([]Result, error) {
	e.requests.Add(1)
	bounded, cancel := context.WithTimeout(ctx, presignTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(bounded, http.MethodPost, e.URL, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("endpoint: %w", scrub(err))
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	res, err := e.Transport.RoundTrip(req)
	if err != nil {
		return nil, broken(ctx, req, err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxAnswerBytes))
	if err != nil {
		return nil, broken(ctx, req, err)
	}
	if res.StatusCode != http.StatusOK {
		return nil, refusalByEndpoint(res, text, time.Now())
	}
	results, ok := parseResults(text, n)
	if !ok {
		return nil, fmt.Errorf("endpoint %s answered 200 without a presigned URL: is it the endpoint of this stack?", req.URL.Host)
	}
	if sent, err := http.ParseTime(res.Header.Get("Date")); err == nil { // this machine's clock may be wrong
		for i := range results {
			results[i].ExpiresAt = results[i].ExpiresAt.Add(time.Since(sent))
		}
	}
	return results, nil
}

// parseResults reads the answer to n operations. A single operation has the single form.
func parseResults(text []byte, n int) ([]Result, bool) {
	type item struct {
		problem
		Presigned
	}
	var single item
	var batch struct {
		Results []item `json:"results"`
	}
	into := any(&batch)
	if n == 1 {
		into = &single
	}
	if json.Unmarshal(text, into) != nil {
		return nil, false
	}
	if n == 1 {
		batch.Results = []item{single}
	}
	if len(batch.Results) != n {
		return nil, false
	}
	results := make([]Result, n)
	for i, it := range batch.Results {
		switch {
		case it.Status >= http.StatusBadRequest:
			results[i].Err = it.refusal()
		case it.URL == "" || it.Method == "":
			return nil, false
		default:
			results[i].Presigned = it.Presigned
		}
	}
	return results, true
}
