package presigner_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/presigned/lambda/operation"
	"example.com/presigned/lambda/presigner"
)

// The moment of the article's example: johndoe/1595114575104.
var now = time.UnixMilli(1595114575104)

// everything is a configuration with all operations of all routes and a bound of 50 MiB.
func everything() presigner.Config {
	return presigner.Config{
		Region: "eu-west-1", Bucket: "uploads", Operations: operation.Table(),
		MaxUploadBytes: 50 << 20, PartBytes: 8 << 20, MaxBatch: 100,
		ContentTypes:   []string{"application/json", "image/*"},
		ClientIDs:      []string{"1example23456789"},
		AllowedOrigins: []string{"https://app.example.com", "http://localhost:*"},
		Credentials:    session(time.Time{}),
	}
}

// unbounded is everything without a bound, as a stage without maxUploadBytes has it.
func unbounded() presigner.Config {
	c := everything()
	c.MaxUploadBytes, c.PartBytes, c.ContentTypes = 0, 8<<20, []string{"*/*"}
	return c
}

// session is the execution role's session. With a zero time it has no end.
func session(end time.Time) aws.Credentials {
	return aws.Credentials{
		AccessKeyID: "ASIAEXAMPLE", SecretAccessKey: "secretEXAMPLE", SessionToken: "sessionEXAMPLE",
		CanExpire: !end.IsZero(), Expires: end,
	}
}

// reply is what API Gateway gets back.
type reply struct {
	Status  int               `json:"statusCode"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

// change alters the recorded event before it is sent.
type change func(event map[string]any)

func claims(event map[string]any) map[string]any {
	return event["requestContext"].(map[string]any)["authorizer"].(map[string]any)["claims"].(map[string]any)
}

func withClaim(name string, value any) change {
	return func(event map[string]any) { claims(event)[name] = value }
}

func withoutClaim(name string) change {
	return func(event map[string]any) { delete(claims(event), name) }
}

// event is the recorded event of API Gateway with another body.
func event(t *testing.T, body string, changes ...change) []byte {
	t.Helper()
	recorded, err := os.ReadFile("testdata/upload-event.json")
	if err != nil {
		t.Fatal(err)
	}
	var event map[string]any
	if err := json.Unmarshal(recorded, &event); err != nil {
		t.Fatal(err)
	}
	event["body"] = body
	for _, change := range changes {
		change(event)
	}
	payload, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// invokeAt sends an event to a function with that clock, and returns the reply and the log.
func invokeAt(t *testing.T, c presigner.Config, clock func() time.Time, event []byte) (reply, string) {
	t.Helper()
	return invokeWith(t.Context(), t, c, nil, clock, event)
}

// invokeWith sends an event to a function with a custom rule.
func invokeWith(ctx context.Context, t *testing.T, c presigner.Config, check presigner.Check, clock func() time.Time, event []byte) (reply, string) {
	t.Helper()
	var log bytes.Buffer
	h, err := presigner.New(c, check, clock, &log)
	if err != nil {
		t.Fatal(err)
	}
	out, err := h.Invoke(ctx, event)
	if err != nil {
		t.Fatalf("invoke: %v", err)
	}
	var r reply
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatal(err)
	}
	return r, log.String()
}

func invoke(t *testing.T, c presigner.Config, body string, changes ...change) (reply, string) {
	t.Helper()
	return invokeAt(t, c, func() time.Time { return now }, event(t, body, changes...))
}

func issued(t *testing.T, c presigner.Config, body string, changes ...change) presigner.Answer {
	t.Helper()
	r, _ := invoke(t, c, body, changes...)
	if r.Status != 200 {
		t.Fatalf("%s: got %d %s, want 200", body, r.Status, r.Body)
	}
	var a presigner.Answer
	if err := json.Unmarshal([]byte(r.Body), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTheRecordedEventGetsTheArticlesKey(t *testing.T) {
	a := issued(t, unbounded(), `{"username": "johndoe"}`)
	if got, want := a.Key, "johndoe/1595114575104"; got != want {
		t.Errorf("key: got %q, want %q", got, want)
	}
	if got, want := a.ExpiresAt, "2020-07-18T23:27:55Z"; got != want {
		t.Errorf("expiresAt: got %q, want %q", got, want)
	}
	if r, _ := invoke(t, unbounded(), `{"username": "johndoe"}`); !strings.Contains(r.Body, "&X-Amz-Date=") {
		t.Errorf("got %s, want a URL that can be copied out of it: with &", r.Body)
	}
	u, err := url.Parse(a.URL)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := u.Host+u.Path, "uploads.s3.eu-west-1.amazonaws.com/johndoe/1595114575104"; got != want {
		t.Errorf("URL: got %q, want %q", got, want)
	}
	if got, want := u.Query().Get("X-Amz-Expires"), "300"; got != want {
		t.Errorf("X-Amz-Expires: got %q, want %q", got, want)
	}
}

func TestABase64BodyIsDecoded(t *testing.T) {
	body := base64.StdEncoding.EncodeToString([]byte(`{"contentType":"image/png"}`))
	a := issued(t, unbounded(), body, func(e map[string]any) { e["isBase64Encoded"] = true })
	if got, want := a.Headers["Content-Type"], "image/png"; got != want {
		t.Errorf("Content-Type: got %q, want %q", got, want)
	}
}

func TestAMachineClientHasAPrefixThatNoUserCanTake(t *testing.T) {
	a := issued(t, unbounded(), `{}`, withoutClaim("username"))
	if got, want := a.Key, "_client-1example23456789/1595114575104"; got != want {
		t.Errorf("key: got %q, want %q", got, want)
	}
	a = issued(t, unbounded(), `{}`, withClaim("username", "_client-1example23456789"))
	if got, want := a.Key, "__client-1example23456789/1595114575104"; got != want {
		t.Errorf("key of a user of that name: got %q, want %q", got, want)
	}
}

// The user pool fills a token's other claims, partly with what users write.
func TestNoOtherClaimIsTheCallersName(t *testing.T) {
	for _, name := range []string{"Username", "cognito:username", "sub", "email"} {
		a := issued(t, unbounded(), `{}`, withoutClaim("username"), withClaim(name, "alice"))
		if got, want := a.Key, "_client-1example23456789/1595114575104"; got != want {
			t.Errorf("a machine client with claim %q: got key %q, want %q", name, got, want)
		}
		a = issued(t, unbounded(), `{}`, withClaim(name, "alice"))
		if got, want := a.Key, "johndoe/1595114575104"; got != want {
			t.Errorf("johndoe with claim %q: got key %q, want %q", name, got, want)
		}
	}
}

// A case-insensitive user pool reports a username in lower case, however its user writes it.
func TestTheBodysUsernameMayHaveAnotherCase(t *testing.T) {
	if got, want := issued(t, unbounded(), `{"username":"JohnDoe"}`).Key, "johndoe/1595114575104"; got != want {
		t.Errorf("key: got %q, want %q", got, want)
	}
}

// JSON Schema and JavaScript do not tell 119.0 from 119.
func TestAWholeNumberMayHaveAFractionOfZeroAndAnExponent(t *testing.T) {
	for _, length := range []string{"119", "119.0", "119.000", "1.19e2", "1.19E+2", "11900e-2", "0.119e3"} {
		a := issued(t, unbounded(), `{"contentLength":`+length+`}`)
		if want := issued(t, unbounded(), `{"contentLength":119}`); !same(a, want) {
			t.Errorf("%s: got %q, want %q", length, a.URL, want.URL)
		}
	}
	issued(t, unbounded(), `{"contentLength":5368709120.0}`)
}

func TestAnAnswerIsReadableByAllowedOriginsOnly(t *testing.T) {
	closed := unbounded()
	closed.AllowedOrigins = []string{""} // of an empty environment variable
	if r, _ := invoke(t, closed, `{}`, func(e map[string]any) { e["headers"] = nil }); strings.Contains(fmt.Sprint(r.Headers), "Allow-Origin") {
		t.Errorf("no origin is allowed and none asks: got %v", r.Headers)
	}
	for origin, want := range map[string]string{
		"https://app.example.com":         "https://app.example.com",
		"http://localhost:5173":           "http://localhost:5173",
		"http://localhost:":               "",
		"http://localhost:5173.evil.com":  "",
		"https://app.example.com.evil.co": "",
		"null":                            "",
		"":                                "",
	} {
		for _, body := range []string{`{}`, `{"operation":"nonsense"}`} {
			r, _ := invoke(t, unbounded(), body, func(e map[string]any) { e["headers"] = map[string]any{"Origin": origin} })
			if got := r.Headers["Access-Control-Allow-Origin"]; got != want {
				t.Errorf("origin %q: got %q, want %q", origin, got, want)
			}
			for name, want := range map[string]string{"Cache-Control": "no-store", "Vary": "Origin"} {
				if got := r.Headers[name]; got != want {
					t.Errorf("%s: got %q, want %q", name, got, want)
				}
			}
		}
	}
}
