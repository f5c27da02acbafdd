package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"example.com/presigned/test/harness"
)

// presign asks the deployed endpoint for a URL to put an object of two bytes.
func (s *story) presign(ctx context.Context, token string) (put harness.Presigned, err error) {
	a, err := s.ask(ctx, token)
	if err == nil && a.Status != http.StatusOK {
		err = fmt.Errorf("presign: got status %d, want 200", a.Status)
	}
	if err != nil {
		return put, err
	}
	return put, json.Unmarshal(a.Body, &put)
}

func (s *story) ask(ctx context.Context, token string) (harness.Answer, error) {
	header := http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + token}}
	return s.exchange(ctx, http.MethodPost, s.deployment.UploadURL, header, `{"contentType":"application/json","contentLength":2}`)
}

// put sends an object by an issued URL.
func (s *story) put(ctx context.Context, issued harness.Presigned, want int) error {
	r := issued.Request(nil)
	a, err := s.exchange(ctx, r.Method, r.URL, r.Header, "{}")
	if err != nil || a.Status != want {
		return fmt.Errorf("put by an issued URL: got status %d (%v), want %d", a.Status, err, want)
	}
	return nil
}

// exchange sends one request, and searches a refusal for secrets.
func (s *story) exchange(ctx context.Context, method, url string, header http.Header, body string) (harness.Answer, error) {
	a, err := harness.ExchangeBy(ctx, s.emulator.client, method, url, header, []byte(body))
	if err == nil && a.Status >= http.StatusMultipleChoices {
		err = s.emulator.searched("a refusal", a.Body)
	}
	return a, err
}
