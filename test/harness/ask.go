package harness

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"example.com/presigned/lambda/operation"
)

// URLOf is the endpoint that presigns an operation.
func (s *Stack) URLOf(op operation.Operation) string {
	return map[operation.Route]string{operation.Upload: s.UploadURL, operation.Download: s.DownloadURL, operation.Delete: s.DeleteURL}[op.Route]
}

const asJSON = "application/json"

// Ask posts a body to an endpoint. As any client should, it asks again when it is throttled.
func Ask(t T, url, token, body string) Answer {
	t.Helper()
	return AskIn(t, url, token, asJSON, body)
}

// AskIn is Ask with a content type of one's own: API Gateway validates what is said to be JSON, and nothing else.
func AskIn(t T, url, token, contentType, body string) Answer {
	t.Helper()
	a, err := ask(t.Context(), url, token, contentType, body)
	if err != nil {
		t.Fatal(err)
	}
	a.Search(t)
	return a
}

// AskAs is Ask for a program that is no test.
func AskAs(ctx context.Context, url, token, body string) (Answer, error) {
	return ask(ctx, url, token, asJSON, body)
}

func ask(ctx context.Context, url, token, contentType, body string) (Answer, error) {
	header := http.Header{"Content-Type": {contentType}}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	for {
		a, err := Exchange(ctx, http.MethodPost, url, header, []byte(body))
		if err != nil || a.Status != http.StatusTooManyRequests {
			return a, err
		}
		select {
		case <-ctx.Done():
			return Answer{}, fmt.Errorf("throttled until the end: %w", context.Cause(ctx))
		case <-time.After(100 * time.Millisecond):
		}
	}
}
