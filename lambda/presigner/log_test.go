package presigner_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/presigned/lambda/presigner"
)

func TestOneLogLineWithoutSecrets(t *testing.T) {
	r, log := invoke(t, everything(), `{"contentType":"image/png","contentLength":7}`)
	var a presigner.Answer
	if err := json.Unmarshal([]byte(r.Body), &a); err != nil {
		t.Fatal(err)
	}
	u, _ := url.Parse(a.URL)
	for _, secret := range []string{"X-Amz-", u.Query().Get("X-Amz-Signature"), "sessionEXAMPLE", "secretEXAMPLE", "ASIAEXAMPLE", "eyJ"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log has %q: %s", secret, log)
		}
	}
	if got, want := strings.Count(log, "\n"), 1; got != want {
		t.Errorf("lines: got %d, want %d", got, want)
	}
	var line map[string]any
	if err := json.Unmarshal([]byte(log), &line); err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]any{
		"requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef", "caller": "johndoe", "operation": "putObject",
		"key": "johndoe/1595114575104", "contentLength": 7.0, "outcome": "issued", "code": "", "latencyMs": 0.0,
	} {
		if got := line[field]; got != want {
			t.Errorf("%s: got %v, want %v", field, got, want)
		}
	}
}

func TestAnInternalErrorShowsNoCause(t *testing.T) {
	c := everything()
	c.Credentials = func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, context.DeadlineExceeded }
	r, log := invoke(t, c, `{"contentType":"image/png","contentLength":7}`)
	if r.Status != 500 || strings.Contains(r.Body, "deadline") {
		t.Errorf("got %d %s, want 500 without the cause", r.Status, r.Body)
	}
	if !strings.Contains(log, "deadline") || !strings.Contains(log, `"outcome":"failed"`) {
		t.Errorf("log without the cause: %s", log)
	}
}

func TestAnEventThatIsNotJSONIsAnInternalError(t *testing.T) {
	var log bytes.Buffer
	out, err := presigner.New(everything(), time.Now, &log).Invoke(t.Context(), []byte("<xml>"))
	if err != nil || !bytes.Contains(out, []byte("InternalError")) {
		t.Errorf("got %s, %v, want an InternalError", out, err)
	}
}
