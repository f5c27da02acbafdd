package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func s3Answer(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body)), Header: http.Header{}}
}

// What another attempt can help against, by status alone.
func TestAStatusIsTemporaryOrFinal(t *testing.T) {
	for status, want := range map[int]bool{
		400: false, 401: false, 403: false, 404: false, 405: false, 408: true, 409: true, 410: false, 412: false, 413: false, 415: false, 425: true, 429: true,
		499: false, 500: true, 501: false, 502: true, 503: true, 504: true, 507: true,
	} {
		for _, byS3 := range []bool{false, true} {
			err := &Refusal{S3: byS3, Status: status, Code: "Code", after: time.Second}
			if got, after := err.Again(); got != want || after != time.Second {
				t.Errorf("%v: got %t after %s, want %t after 1s", err, got, after, want)
			}
		}
	}
}

func TestARefusalOfS3IsJudgedByItsCode(t *testing.T) {
	document := func(code, message string) string { // S3 repeats a request whose signature is wrong; nobody is shown it
		return "<Error><Code>" + code + "</Code><Message>" + message + "</Message><RequestId>R1</RequestId><CanonicalRequest>X-Amz-Security-Token=t</CanonicalRequest></Error>"
	}
	type judgement struct{ expired, missing, urlRefused, again bool }
	tests := map[string]struct {
		status  int
		body    string
		want    judgement
		message string
	}{
		"expired token":        {400, document("ExpiredToken", "The provided token has expired."), judgement{true, false, true, true}, "S3: The provided token has expired (ExpiredToken, status 400, request R1)"},
		"unknown access key":   {403, document("InvalidAccessKeyId", "no"), judgement{true, false, true, true}, "S3: no (InvalidAccessKeyId, status 403, request R1)"},
		"invalid token":        {400, document("InvalidToken", "no"), judgement{true, false, true, true}, "S3: no (InvalidToken, status 400, request R1)"},
		"expired request":      {400, document("RequestExpired", "no"), judgement{true, false, true, true}, "S3: no (RequestExpired, status 400, request R1)"},
		"clock of the signer":  {403, document("RequestTimeTooSkewed", "no"), judgement{true, false, true, true}, "S3: no (RequestTimeTooSkewed, status 403, request R1)"},
		"token to be renewed":  {400, document("TokenRefreshRequired", "no"), judgement{true, false, true, true}, "S3: no (TokenRefreshRequired, status 400, request R1)"},
		"expired by the words": {403, document("AccessDenied", "Request has Expired"), judgement{true, false, true, true}, "S3: Request has Expired (AccessDenied, status 403, request R1)"},
		"forbidden or missing": {403, document("AccessDenied", "User: arn:aws:sts::1:assumed-role/r is not authorized"), judgement{false, true, true, false}, "S3: Access Denied (AccessDenied, status 403, request R1)"},
		"missing":              {404, document("NoSuchKey", "The key does not exist."), judgement{false, true, false, false}, "S3: The key does not exist (NoSuchKey, status 404, request R1)"},
		"an expired something": {400, document("Other", "it has expired"), judgement{false, false, false, false}, "S3: it has expired (Other, status 400, request R1)"},
		"a slow body":          {400, document("RequestTimeout", "no"), judgement{false, false, false, true}, "S3: no (RequestTimeout, status 400, request R1)"},
		"half a request":       {400, "Bad Request", judgement{false, false, false, true}, "S3: refused (BadRequest, status 400)"},
		"a proxy's 403":        {403, "<html>", judgement{false, false, true, false}, "S3: refused (Forbidden, status 403)"},
		"a bad part":           {400, document("InvalidPart", ""), judgement{false, false, false, false}, "S3: refused (InvalidPart, status 400, request R1)"},
		"overload":             {503, document("SlowDown", "Slow down"), judgement{false, false, false, true}, "S3: Slow down (SlowDown, status 503, request R1)"},
	}
	for name, test := range tests {
		r := refusalByS3(s3Answer(test.status, test.body), time.Now())
		again, _ := r.Again()
		wrapped := fmt.Errorf("part 1: %w", r)
		if got := (judgement{r.Expired(), Missing(wrapped), URLRefused(wrapped), again}); got != test.want {
			t.Errorf("%s: got %+v, want %+v", name, got, test.want)
		}
		if r.Error() != test.message {
			t.Errorf("%s: got %q, want %q", name, r, test.message)
		}
	}
	for name, err := range map[string]error{"nothing": nil, "another error": errors.New("no"), "the endpoint's": &Refusal{Status: 403, Code: "AccessDenied", Message: "expired"}} {
		if Missing(err) || URLRefused(err) {
			t.Errorf("%s is taken for a refusal of S3", name)
		}
	}
}

func TestAnIDInTheHeadersNamesARequestWithoutADocument(t *testing.T) {
	answer := s3Answer(403, "")
	answer.Header.Set("X-Amz-Request-Id", "R2")
	answer.Header.Set("Retry-After", "3")
	r := refusalByS3(answer, time.Now())
	if _, after := r.Again(); r.RequestID != "R2" || after != 3*time.Second {
		t.Errorf("got %+v, want request R2 and a wait of 3 s", r)
	}
}

// Whether another attempt helps, and whether the server may have acted.
func TestAnErrorWithoutAnAnswerIsJudgedByItsCause(t *testing.T) {
	dial := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	read := &net.OpError{Op: "read", Err: errors.New("connection reset")}
	tests := map[string]struct {
		err             error
		again, hasActed bool
	}{
		"no connection":       {&Broken{cause: dial}, true, false},
		"a broken connection": {&Broken{cause: read}, true, true},
		"an unknown host":     {&Broken{cause: &net.OpError{Op: "dial", Err: &net.DNSError{IsNotFound: true}}}, false, false},
		"a certificate":       {&Broken{cause: &tls.CertificateVerificationError{Err: errors.New("unknown authority")}}, false, true},
		"an unreadable file":  {&Broken{cause: unreadable{io.ErrUnexpectedEOF}}, false, true},
		"a scheme":            {&Broken{cause: errScheme}, false, true},
		"a proxy's password":  {&Broken{cause: errors.New("Proxy Authentication Required")}, false, true},
		"a stall":             {&Broken{cause: errStalled}, true, true},
		"a refusal":           {&Refusal{Status: 500}, true, false},
	}
	for name, test := range tests {
		again, _ := test.err.(interface {
			Again() (bool, time.Duration)
		}).Again()
		if got := MayHaveActed(fmt.Errorf("put: %w", test.err)); again != test.again || got != test.hasActed {
			t.Errorf("%s: got again %t and may have acted %t, want %t and %t", name, again, got, test.again, test.hasActed)
		}
	}
	if MayHaveActed(nil) || ProxyRefused(nil) || !ProxyRefused(&Refusal{Status: http.StatusProxyAuthRequired}) {
		t.Error("no error may have acted, or a proxy's status is not read")
	}
}

func TestWithoutATokenNothingIsSent(t *testing.T) {
	none := errors.New("not signed in")
	e := &Endpoint{URL: "http://127.0.0.1:1", Transport: http.DefaultTransport, Token: func(context.Context) (string, error) { return "", none }}
	if got := e.Presign(t.Context(), Operation{Name: "putObject"})[0]; !errors.Is(got.Err, none) || e.Requests() != 0 {
		t.Errorf("got %v after %d requests, want that nobody is signed in", got.Err, e.Requests())
	}
}
