package presigner

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/presigned/lambda/operation"
)

// now is the time in the key of the README's example: johndoe/1595114575104.
var now = time.UnixMilli(1595114575104)

// everything is a configuration with all operations of all routes and a bound of 50 MiB.
func everything() Config {
	return Config{
		Region: "eu-west-1", Bucket: "uploads", Operations: operation.Table(),
		MaxUploadBytes: 50 << 20, PartBytes: 8 << 20, MaxBatch: 100,
		ContentTypes:   []string{"application/json", "image/*"},
		ClientIDs:      []string{"1example23456789"},
		AllowedOrigins: []string{"https://app.example.com", "http://localhost:*"},
		Credentials:    session(time.Time{}),
	}
}

// unbounded is everything without a bound on the size, and with every content type allowed.
func unbounded() Config {
	c := everything()
	c.MaxUploadBytes, c.ContentTypes = 0, []string{"*/*"}
	return c
}

// session is the execution role's session. With a zero time it has no end.
func session(end time.Time) aws.Credentials {
	return aws.Credentials{
		AccessKeyID: "ASIAEXAMPLE", SecretAccessKey: "secretEXAMPLE", SessionToken: "sessionEXAMPLE",
		CanExpire: !end.IsZero(), Expires: end,
	}
}

// change alters the recorded event before it is sent.
type change func(event map[string]any)

func claimsOf(event map[string]any) map[string]any {
	return event["requestContext"].(map[string]any)["authorizer"].(map[string]any)["claims"].(map[string]any)
}

func withClaim(name string, value any) change {
	return func(event map[string]any) { claimsOf(event)[name] = value }
}

func withoutClaim(name string) change {
	return func(event map[string]any) { delete(claimsOf(event), name) }
}

// decoded reads JSON that the function wrote.
func decoded[T any](t testing.TB, text string) T {
	t.Helper()
	var value T
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return value
}

// eventWith is the recorded event of API Gateway with another body.
func eventWith(t testing.TB, body string, changes ...change) []byte {
	t.Helper()
	recorded, err := os.ReadFile("testdata/upload-event.json")
	if err != nil {
		t.Fatal(err)
	}
	event := decoded[map[string]any](t, string(recorded))
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

// send sends an event to a function with that clock and custom rule, and returns the answer and the log.
func send(ctx context.Context, t *testing.T, c Config, check Check, clock func() time.Time, event []byte) (proxyResponse, string) {
	t.Helper()
	var log bytes.Buffer
	h, err := New(c, check, clock, &log)
	if err != nil {
		t.Fatal(err)
	}
	out, err := h.Invoke(ctx, event)
	if err != nil {
		t.Fatalf("invoke: %v", err)
	}
	return decoded[proxyResponse](t, string(out)), log.String()
}

func invoke(t *testing.T, c Config, body string, changes ...change) (proxyResponse, string) {
	t.Helper()
	return send(t.Context(), t, c, nil, func() time.Time { return now }, eventWith(t, body, changes...))
}

func issued(t *testing.T, c Config, body string, changes ...change) Answer {
	t.Helper()
	r, _ := invoke(t, c, body, changes...)
	if r.StatusCode != 200 {
		t.Fatalf("%s: got %d %s, want 200", body, r.StatusCode, r.Body)
	}
	return decoded[Answer](t, r.Body)
}

func TestTheRecordedEventGetsTheExamplesKey(t *testing.T) {
	r, _ := invoke(t, unbounded(), `{"username": "johndoe"}`)
	a := decoded[Answer](t, r.Body)
	if a.Key != "johndoe/1595114575104" || a.ExpiresAt != "2020-07-18T23:27:55Z" {
		t.Errorf("got key %q and expiresAt %q, want the example's key, and 300 s after its time", a.Key, a.ExpiresAt)
	}
	if !strings.Contains(r.Body, "&X-Amz-Date=") {
		t.Errorf("got %s, want a URL that can be copied out of it: with &", r.Body)
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
	if got, want := issued(t, unbounded(), `{}`, withoutClaim("username")).Key, "_client-1example23456789/1595114575104"; got != want {
		t.Errorf("key: got %q, want %q", got, want)
	}
	a := issued(t, unbounded(), `{}`, withClaim("username", "_client-1example23456789"))
	if got, want := a.Key, "__client-1example23456789/1595114575104"; got != want {
		t.Errorf("key of a user of that name: got %q, want %q", got, want)
	}
}

// The user pool fills a token's other claims, partly with what users write.
func TestNoOtherClaimIsTheCallersName(t *testing.T) {
	for _, name := range []string{"Username", "cognito:username", "sub", "email"} {
		if got, want := issued(t, unbounded(), `{}`, withoutClaim("username"), withClaim(name, "alice")).Key, "_client-1example23456789/1595114575104"; got != want {
			t.Errorf("a machine client with claim %q: got key %q, want %q", name, got, want)
		}
		if got, want := issued(t, unbounded(), `{}`, withClaim(name, "alice")).Key, "johndoe/1595114575104"; got != want {
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
	want := issued(t, unbounded(), `{"contentLength":119}`)
	for _, length := range []string{"119.0", "119.000", "1.19e2", "1.19E+2", "11900e-2", "0.119e3"} {
		if a := issued(t, unbounded(), `{"contentLength":`+length+`}`); !same(a, want) {
			t.Errorf("%s: got %q, want %q", length, a.URL, want.URL)
		}
	}
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
			if r.Headers["Cache-Control"] != "no-store" || r.Headers["Vary"] != "Origin" {
				t.Errorf("got headers %v, want that no cache keeps the answer", r.Headers)
			}
		}
	}
}

// A process that cannot start must end with an error, or Lambda waits for it until the timeout.
func TestAFunctionWithoutItsSettingsEndsWithAnError(t *testing.T) {
	if os.Getenv("RUN_MAIN") != "" {
		Main(nil)
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = []string{"RUN_MAIN=1"}
	output, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(output), "presigned: ") {
		t.Errorf("got %v and %q, want exit code 1 and the reason", err, output)
	}
}
