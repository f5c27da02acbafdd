package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// signed is the answer of the presigning endpoint, as far as it is needed here.
type signed struct {
	URL, Method string
	Headers     map[string]string
}

// refusals sends what AWS would refuse and this emulator does too: the API's authorizer, the signature, write-once,
// the bucket policy and the role's policy, all as deployed. The full list of attacks is in test/attack and test/iam.
func (s *story) refusals(ctx context.Context) error {
	token, err := s.administrator.accessToken(ctx, &s.deployment, s.username, s.password)
	if err != nil {
		return err
	}
	put, err := s.presign(ctx, token)
	if err != nil {
		return err
	}
	content := []byte("{}")
	for _, refused := range []struct {
		title  string
		status int
		send   func() (int, error)
	}{
		{"presign without a token", 401, func() (int, error) { return s.ask(ctx, "", nil) }},
		{"presign with a forged token", 401, func() (int, error) { return s.ask(ctx, forged(token), nil) }},
		{"put with another content type", 403, func() (int, error) {
			return s.send(ctx, put.Method, put.URL, content, put.Headers, "Content-Type", "text/html")
		}},
		{"put without the write-once header", 403, func() (int, error) {
			return s.send(ctx, put.Method, put.URL, content, put.Headers, "If-None-Match", "")
		}},
		{"put into another user's prefix", 403, func() (int, error) {
			return s.send(ctx, put.Method, strings.Replace(put.URL, s.username, "mallory", 1), content, put.Headers)
		}},
		{"put over plain HTTP", 403, func() (int, error) {
			return s.send(ctx, put.Method, strings.Replace(put.URL, s.emulator.url, s.emulator.plain, 1), content, put.Headers)
		}},
		{"put as it was signed", 200, func() (int, error) { return s.send(ctx, put.Method, put.URL, content, put.Headers) }},
		{"the same put again", 412, func() (int, error) { return s.send(ctx, put.Method, put.URL, content, put.Headers) }},
		{"get with the URL for a put", 403, func() (int, error) { return s.send(ctx, http.MethodGet, put.URL, nil, nil) }},
		{"get without a signature", 403, func() (int, error) {
			address, _, _ := strings.Cut(put.URL, "?")
			return s.send(ctx, http.MethodGet, address, nil, nil)
		}},
	} {
		if status, sending := refused.send(); sending != nil || status != refused.status {
			err = errors.Join(err, fmt.Errorf("%s: got status %d (%w), want %d", refused.title, status, sending, refused.status))
		}
	}
	return err
}

func (s *story) presign(ctx context.Context, token string) (answer signed, err error) {
	status, err := s.ask(ctx, token, &answer)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("presign: got status %d, want 200", status)
	}
	return answer, err
}

// ask asks for a URL to put an object of two bytes.
func (s *story) ask(ctx context.Context, token string, answer *signed) (int, error) {
	body := []byte(`{"contentType":"application/json","contentLength":2}`)
	headers := map[string]string{"Content-Type": "application/json"}
	if token != "" {
		headers["Authorization"] = "Bearer " + token
	}
	response, text, err := s.exchange(ctx, http.MethodPost, s.deployment.UploadURL, body, headers)
	if err == nil && answer != nil {
		err = json.Unmarshal(text, answer)
	}
	return response, err
}

// send sends a signed request with one header changed, or removed where its value is empty.
func (s *story) send(ctx context.Context, method, address string, body []byte, headers map[string]string, change ...string) (int, error) {
	sent := map[string]string{}
	for name, value := range headers {
		sent[name] = value
	}
	if len(change) == 2 {
		delete(sent, change[0])
		if change[1] != "" {
			sent[change[0]] = change[1]
		}
	}
	status, _, err := s.exchange(ctx, method, address, body, sent)
	return status, err
}

func (s *story) exchange(ctx context.Context, method, address string, body []byte, headers map[string]string) (int, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	// The host that was signed, whichever port the request goes to.
	if strings.HasPrefix(address, s.emulator.plain) {
		request.Host = strings.TrimPrefix(s.emulator.url, "https://")
	}
	response, err := s.emulator.client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= http.StatusMultipleChoices {
		err = s.emulator.searched("a refusal", text)
	}
	return response.StatusCode, text, err
}

// forged changes the token's signature.
func forged(token string) string {
	end := len(token) - 10
	return token[:end] + strings.Repeat("A", 10)
}
