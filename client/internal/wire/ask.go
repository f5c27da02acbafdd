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

// Request asks for one presigned URL. The fields are the contract's.
type Request struct {
	Operation         string `json:"operation"`
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

// Answer is what the endpoint signed: the client sends exactly this method, URL and these headers.
type Answer struct {
	URL            string            `json:"url"`
	Method         string            `json:"method"`
	Headers        map[string]string `json:"headers"`
	Key            string            `json:"key"`
	PartSize       int64             `json:"partSize"`       // bytes; with createMultipartUpload
	MaxUploadBytes int64             `json:"maxUploadBytes"` // bytes; 0: the stack sets no bound
}

// String leaves the URL out: it is a bearer credential.
func (a Answer) String() string { return a.Method + " " + a.Key }

// GoString keeps %#v from printing what String hides.
func (a Answer) GoString() string { return a.String() }

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

// askTimeout is a little more than the 29 s that API Gateway gives the function.
const askTimeout = 35 * time.Second

// Ask returns a presigned URL for the request. It tries again by itself where that can help, and
// refreshes a refused access token once.
func (e *Endpoint) Ask(ctx context.Context, r Request) (Answer, error) {
	token, err := e.Token(ctx)
	if err != nil {
		return Answer{}, err
	}
	body, err := json.Marshal(r)
	if err != nil {
		return Answer{}, err
	}
	refreshed := false
	return retry.Do(ctx, e.Retry, func() (Answer, error) {
		answer, err := e.post(ctx, token, body)
		if HasStatus(err, http.StatusUnauthorized) && e.Refresh != nil && !refreshed {
			refreshed = true
			if token, err = e.Refresh(ctx, token); err != nil {
				return Answer{}, err
			}
			return e.post(ctx, token, body)
		}
		return answer, err
	})
}

func (e *Endpoint) post(ctx context.Context, token string, body []byte) (Answer, error) {
	bounded, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(bounded, http.MethodPost, e.URL, bytes.NewReader(body))
	if err != nil {
		return Answer{}, fmt.Errorf("endpoint: %w", scrub(err))
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	res, err := e.Transport.RoundTrip(req)
	if err != nil {
		return Answer{}, broken(ctx, req, err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxAnswerBytes))
	if err != nil {
		return Answer{}, broken(ctx, req, err)
	}
	if res.StatusCode != http.StatusOK {
		return Answer{}, parseProblem(res, text, time.Now())
	}
	var answer Answer
	if err := json.Unmarshal(text, &answer); err != nil || answer.URL == "" || answer.Method == "" {
		return Answer{}, fmt.Errorf("endpoint %s answered 200 without a presigned URL: is it the endpoint of this stack?", req.URL.Host)
	}
	return answer, nil
}
