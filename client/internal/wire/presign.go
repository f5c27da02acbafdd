// Package wire speaks with the two servers: it asks the endpoint for presigned URLs, and sends to S3
// exactly what they say. It turns refusals into errors that know whether another attempt can help, and
// keeps presigned URLs and tokens out of every error.
//
// Only this module may import it. It knows single requests, not files or uploads.
package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"example.com/presigned/client/internal/retry"
)

// Operation is what a URL is presigned for. The fields are the contract's.
type Operation struct {
	Name              string `json:"operation"` // as the S3 API spells it
	ContentType       string `json:"contentType,omitempty"`
	ContentLength     int64  `json:"contentLength,omitempty"`
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
}

// maxAnswerBytes bounds what is read of an answer; a real one has less than 4 KiB.
const maxAnswerBytes = 64 << 10

// presignTimeout is a little more than the 29 s that API Gateway gives the function.
const presignTimeout = 35 * time.Second

// Presign returns the presigned URLs of the operations, in their order. It tries again by itself where
// that can help, and refreshes a refused access token once.
func (e *Endpoint) Presign(ctx context.Context, operations ...Operation) ([]Presigned, error) {
	urls := make([]Presigned, 0, len(operations))
	for _, o := range operations { // the endpoint takes one at a time
		url, err := e.presign(ctx, o)
		if err != nil {
			return nil, err
		}
		urls = append(urls, url)
	}
	return urls, nil
}

func (e *Endpoint) presign(ctx context.Context, o Operation) (Presigned, error) {
	token, err := e.Token(ctx)
	if err != nil {
		return Presigned{}, err
	}
	body, err := json.Marshal(o)
	if err != nil {
		return Presigned{}, err
	}
	refreshed := false
	return retry.Do(ctx, e.Retry, func() (Presigned, error) {
		url, err := e.post(ctx, token, body)
		if HasStatus(err, http.StatusUnauthorized) && e.Refresh != nil && !refreshed {
			refreshed = true
			if token, err = e.Refresh(ctx, token); err != nil {
				return Presigned{}, err
			}
			return e.post(ctx, token, body)
		}
		return url, err
	})
}

func (e *Endpoint) post(ctx context.Context, token string, body []byte) (Presigned, error) {
	bounded, cancel := context.WithTimeout(ctx, presignTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(bounded, http.MethodPost, e.URL, bytes.NewReader(body))
	if err != nil {
		return Presigned{}, fmt.Errorf("endpoint: %w", scrub(err))
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	res, err := e.Transport.RoundTrip(req)
	if err != nil {
		return Presigned{}, broken(ctx, req, err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxAnswerBytes))
	if err != nil {
		return Presigned{}, broken(ctx, req, err)
	}
	if res.StatusCode != http.StatusOK {
		return Presigned{}, parseProblem(res, text, time.Now())
	}
	var url Presigned
	if err := json.Unmarshal(text, &url); err != nil || url.URL == "" || url.Method == "" {
		return Presigned{}, fmt.Errorf("endpoint %s answered 200 without a presigned URL: is it the endpoint of this stack?", req.URL.Host)
	}
	return url, nil
}
