package presigner_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

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
		"requestId": "JKJaXmPLvHcESHA=", "caller": "johndoe", "operation": "putObject",
		"key": "johndoe/1595114575104", "contentLength": 7.0, "outcome": "issued", "code": "", "latencyMs": 0.0,
		"level": "INFO", "msg": "presign", "timestamp": "2020-07-18T23:22:55.104Z", "time": nil,
	} {
		if got := line[field]; got != want {
			t.Errorf("%s: got %v, want %v", field, got, want)
		}
	}
}

func TestTheLogsLatencyIsInMilliseconds(t *testing.T) {
	times := []time.Time{now, now.In(time.FixedZone("", 3600)).Add(1500 * time.Microsecond)}
	clock := func() time.Time {
		next := times[0]
		times = times[1:]
		return next
	}
	_, log := invokeAt(t, unbounded(), clock, event(t, `{}`))
	for _, want := range []string{`"latencyMs":1.5`, `"timestamp":"2020-07-18T23:22:55.1055Z"`} {
		if !strings.Contains(log, want) {
			t.Errorf("got %s, want %s", log, want)
		}
	}
}

// No request causes an internal error, so the test sends an event that API Gateway never sends.
func TestAnInternalErrorShowsNoCause(t *testing.T) {
	for _, event := range []string{``, `<xml>`, `[]`, `{"body":1}`, `{"headers":{"origin":["a"]}}`, `{"requestContext":{"authorizer":{"claims":"a"}}}`, `{} x`} {
		r, log := invokeAt(t, unbounded(), time.Now, []byte(event))
		if r.Status != 500 || !strings.Contains(r.Body, "InternalError") || strings.Contains(r.Body, "decode") {
			t.Errorf("%s: got %d %s, want 500 InternalError without the cause", event, r.Status, r.Body)
		}
		for _, want := range []string{`"level":"ERROR"`, `"outcome":"failed"`, `"cause":"decode proxy event: `} {
			if !strings.Contains(log, want) {
				t.Errorf("%s: got log %s, want %s", event, log, want)
			}
		}
	}
}

func checkProblem(t *testing.T, r reply, log string, code presigner.Code, detail string) {
	t.Helper()
	var p presigner.Problem
	if err := json.Unmarshal([]byte(r.Body), &p); err != nil {
		t.Fatalf("body %q: %v", r.Body, err)
	}
	if p.Type != "about:blank" {
		t.Errorf("type: got %q, want RFC 9457's about:blank", p.Type)
	}
	if p.Code != code {
		t.Errorf("code: got %s (%s), want %s", p.Code, p.Detail, code)
	}
	if want := presigner.Statuses()[code]; want == 0 || r.Status != want || p.Status != want {
		t.Errorf("status: got %d and %d in the body, want %d", r.Status, p.Status, want)
	}
	if !strings.Contains(p.Detail, detail) {
		t.Errorf("detail: got %q, want it to say %q", p.Detail, detail)
	}
	if got, want := r.Headers["Content-Type"], "application/problem+json"; got != want {
		t.Errorf("Content-Type: got %q, want %q", got, want)
	}
	if got, want := p.RequestID, "JKJaXmPLvHcESHA="; got != want {
		t.Errorf("requestId: got %q, want %q", got, want)
	}
	for _, want := range []string{`"level":"INFO"`, `"outcome":"refused"`, `"code":"` + string(code) + `"`} {
		if !strings.Contains(log, want) {
			t.Errorf("got log %s, want %s", log, want)
		}
	}
	if strings.Contains(r.Body, "X-Amz-") {
		t.Errorf("a refusal carries a signature: %s", r.Body)
	}
}
