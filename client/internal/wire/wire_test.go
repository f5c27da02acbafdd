package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/presigned/client/internal/fakestack"
	"example.com/presigned/client/internal/retry"
)

func endpoint(t *testing.T, status int, header http.Header, body string) *Endpoint {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for name, values := range header {
			w.Header()[name] = values
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return endpointAt(server.URL, http.DefaultTransport)
}

// endpointAt returns an endpoint of which each request is tried once.
func endpointAt(url string, transport http.RoundTripper) *Endpoint {
	return &Endpoint{
		URL: url, Transport: transport, Retry: retry.Policy{Tries: 1, First: time.Millisecond},
		Token: func(context.Context) (string, error) { return fakestack.Token, nil },
	}
}

func TestEveryKindOfRefusalIsRead(t *testing.T) {
	tests := map[string]struct {
		status int
		header http.Header
		body   string
		want   string
		again  bool
	}{
		"the function": {403, nil, `{"title":"Forbidden","status":403,"detail":"key \"a\" is not yours","code":"KeyOutsidePrefix","requestId":"r1"}`,
			`key "a" is not yours (KeyOutsidePrefix, status 403, request r1)`, false},
		"API Gateway itself":    {403, http.Header{"X-Amzn-Requestid": {"r2"}}, `{"message":"Missing Authentication Token"}`, "Missing Authentication Token (no code, status 403, request r2)", false},
		"a proxy in HTML":       {502, nil, `<html>bad gateway</html>`, "Bad Gateway (no code, status 502)", true},
		"400 in HTML":           {400, nil, `<html>bad request</html>`, "Bad Request (no code, status 400)", false},
		"400 without a body":    {400, nil, ``, "Bad Request (no code, status 400)", false},
		"400 to half a request": {400, http.Header{"Connection": {"close"}}, `400 Bad Request`, "Bad Request (no code, status 400)", true},
		"a role's name":         {403, nil, `{"message":"User: arn:aws:sts::1:assumed-role/r/s is not authorized"}`, "Access Denied (no code, status 403)", false},
		"an empty body":         {429, nil, ``, "Too Many Requests (no code, status 429)", true},
		"another service's 200": {200, nil, `{"hello":"world"}`, "answered 200 without a presigned URL", false},
		"a wrong status in it":  {503, nil, `{"status":200,"code":"CredentialsExpired","detail":"soon"}`, "soon (CredentialsExpired, status 503)", true},
	}
	for name, test := range tests {
		err := endpoint(t, test.status, test.header, test.body).Presign(t.Context(), Operation{Name: "putObject"})[0].Err
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
		if p, ok := errors.AsType[*Refusal](err); ok {
			if again, _ := p.Again(); again != test.again {
				t.Errorf("%s: again %t, want %t", name, again, test.again)
			}
		}
	}
}

// The endpoint answers by its own clock. That of this machine may differ.
func TestTheExpiryIsByThisMachinesClock(t *testing.T) {
	now := time.Now()
	for name, test := range map[string]struct {
		date []string
		want time.Time
	}{
		"a clock one hour behind": {[]string{now.Add(time.Hour).UTC().Format(http.TimeFormat)}, now.Add(-55 * time.Minute)},
		"no date":                 {nil, now.Add(5 * time.Minute)},
		"no proper date":          {[]string{"today"}, now.Add(5 * time.Minute)},
	} {
		body := fmt.Sprintf(`{"url":"u","method":"PUT","expiresAt":%q}`, now.Add(5*time.Minute).Format(time.RFC3339))
		got := endpoint(t, 200, http.Header{"Date": test.date}, body).Presign(t.Context(), Operation{Name: "putObject"})[0]
		if off := got.ExpiresAt.Sub(test.want); got.Err != nil || off.Abs() > time.Minute {
			t.Errorf("%s: got %s, %v, want %s", name, got.ExpiresAt, got.Err, test.want)
		}
	}
}

func TestRetryAfterIsReadInBothForms(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "-1": 0, "soon": 0,
		"Fri, 02 Jan 2026 03:04:15 GMT": 10 * time.Second, "Fri, 02 Jan 2026 03:04:00 GMT": 0,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("%q: got %s, want %s", value, got, want)
		}
	}
}

func TestAnErrorInTheBodyOfA200IsFound(t *testing.T) {
	r := RefusalIn([]byte("  \n<?xml version=\"1.0\"?><Error><Code>InternalError</Code><Message>User: arn:aws:x</Message></Error>"))
	if again, _ := r.Again(); !again || r.Code != "InternalError" || r.Status != 500 || r.Message != "Access Denied" {
		t.Errorf("got %+v, want a 500 without the role's name", r)
	}
	for _, fine := range []string{"", "<Error><Message>no code</Message></Error>", "<CompleteMultipartUploadResult/>", "<ListBucketResult><Contents><Key>Error</Key></Contents></ListBucketResult>"} {
		if r := RefusalIn([]byte(fine)); r != nil {
			t.Errorf("%q: got %v, want none", fine, r)
		}
	}
}

func TestABatchIsSplitAsTheEndpointAllows(t *testing.T) {
	for most, wantRequests := range map[int]int64{100: 2, 3: 1 + 67, 1: 1 + 200} {
		stack := fakestack.Start(t)
		stack.MaxBatch = most
		e := endpointAt(stack.DownloadURL, http.DefaultTransport)
		operations := make([]Operation, 200)
		for i := range operations {
			operations[i] = Operation{Name: "getObject", Key: fmt.Sprintf("johndoe/%d", i)}
		}
		operations[7].Key = "alice/7"
		for i, r := range e.Presign(t.Context(), operations...) {
			if i == 7 {
				if !HasCode(r.Err, "KeyOutsidePrefix") {
					t.Errorf("bound %d: item 7: got %v, want KeyOutsidePrefix", most, r.Err)
				}
			} else if r.Err != nil || r.Key != operations[i].Key {
				t.Errorf("bound %d: item %d: got %v of %q, want its own URL", most, i, r.Err, r.Key)
			}
		}
		if got := e.Requests(); got != wantRequests {
			t.Errorf("bound %d: got %d requests, want %d", most, got, wantRequests)
		}
	}
}

// Such an answer would never lead to a batch that the endpoint takes.
func TestABoundThatDoesNotHelpIsNotLearned(t *testing.T) {
	for _, maxBatch := range []int{-1, 0, MaxBatch, MaxBatch + 1} {
		e := endpoint(t, 413, nil, fmt.Sprintf(`{"code":"BatchTooLarge","maxBatch":%d}`, maxBatch))
		for _, r := range e.Presign(t.Context(), make([]Operation, 2)...) {
			if !HasCode(r.Err, "BatchTooLarge") {
				t.Errorf("a bound of %d: got %v, want BatchTooLarge", maxBatch, r.Err)
			}
		}
		if got := e.Requests(); got != 1 {
			t.Errorf("a bound of %d: got %d requests, want 1", maxBatch, got)
		}
	}
}

func TestARefusedTokenIsRefreshedOnce(t *testing.T) {
	failed := errors.New("the sign-in has ended")
	for name, test := range map[string]struct {
		accepted string // by the endpoint
		err      error  // of the refresh
		want     func(error) bool
		requests int64
	}{
		"and the new one is accepted": {"second", nil, func(err error) bool { return err == nil }, 2},
		"and the new one is refused":  {"third", nil, func(err error) bool { return HasStatus(err, 401) }, 2},
		"and there is no new one":     {"second", failed, func(err error) bool { return errors.Is(err, failed) }, 1},
	} {
		stack := fakestack.Start(t)
		stack.AccessToken = test.accepted
		e := endpointAt(stack.UploadURL, http.DefaultTransport)
		e.Refresh = func(_ context.Context, refused string) (string, error) {
			if refused != fakestack.Token {
				t.Errorf("%s: got %q refreshed, want the first", name, refused)
			}
			return "second", test.err
		}
		err := e.Presign(t.Context(), Operation{Name: "putObject"})[0].Err
		if !test.want(err) || e.Requests() != test.requests {
			t.Errorf("%s: got %v after %d requests, want %d", name, err, e.Requests(), test.requests)
		}
	}
}

func TestAnAnswerThatFitsNoBatchIsRefused(t *testing.T) {
	const url = `{"url":"u","method":"PUT"}`
	for body, want := range map[string]bool{
		`{"results":[` + url + `,` + url + `]}`:             true,
		`{"results":[` + url + `]}`:                         false,
		`{"results":[` + url + `,` + url + `,` + url + `]}`: false,
		`{"results":[` + url + `,{"url":"u"}]}`:             false,
		`{"results":[` + url + `,{"method":"PUT"}]}`:        false,
		url:       false,
		`{"resul`: false,
	} {
		for i, r := range endpoint(t, 200, nil, body).Presign(t.Context(), make([]Operation, 2)...) {
			if (r.Err == nil) != want || !want && !strings.Contains(r.Err.Error(), "answered 200 without a presigned URL") {
				t.Errorf("%s: item %d: got %v, want accepted %t", body, i, r.Err, want)
			}
		}
	}
}

type unresolved struct {
	notFound bool
	asked    int
}

func (u *unresolved) RoundTrip(*http.Request) (*http.Response, error) {
	u.asked++
	return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "nowhere.invalid", IsNotFound: u.notFound}}
}

func TestAnUnknownHostIsNotTriedAgain(t *testing.T) {
	for notFound, want := range map[bool]int{true: 1, false: 3} {
		u := &unresolved{notFound: notFound}
		e := endpointAt("http://nowhere.invalid", u)
		e.Retry.Tries = 3
		err := e.Presign(t.Context(), Operation{Name: "putObject"})[0].Err
		broken, ok := errors.AsType[*Broken](err)
		if !ok || broken.UnknownHost() != notFound || u.asked != want {
			t.Errorf("not found %t: got %v after %d requests, want %d", notFound, err, u.asked, want)
		}
	}
}
