package presigner

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestOneLogLineWithoutSecrets(t *testing.T) {
	r, log := invoke(t, everything(), `{"contentType":"image/png","contentLength":7}`)
	u, _ := url.Parse(decoded[Answer](t, r.Body).URL)
	for _, secret := range []string{"X-Amz-", u.Query().Get("X-Amz-Signature"), "sessionEXAMPLE", "secretEXAMPLE", "ASIAEXAMPLE", "eyJ"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log has %q: %s", secret, log)
		}
	}
	if got, want := strings.Count(log, "\n"), 1; got != want {
		t.Errorf("lines: got %d, want %d", got, want)
	}
	line := decoded[map[string]any](t, log)
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
	_, log := send(t.Context(), t, unbounded(), nil, clock, eventWith(t, `{}`))
	for _, want := range []string{`"latencyMs":1.5`, `"timestamp":"2020-07-18T23:22:55.1055Z"`} {
		if !strings.Contains(log, want) {
			t.Errorf("got %s, want %s", log, want)
		}
	}
}

// No request causes an internal error, so the test sends an event that API Gateway never sends.
func TestAnInternalErrorShowsNoCause(t *testing.T) {
	for _, event := range []string{``, `<xml>`, `[]`, `{"body":1}`, `{"headers":{"origin":["a"]}}`, `{"requestContext":{"authorizer":{"claims":"a"}}}`, `{} x`} {
		r, log := send(t.Context(), t, unbounded(), nil, time.Now, []byte(event))
		if r.StatusCode != 500 || !strings.Contains(r.Body, "InternalError") || strings.Contains(r.Body, "decode") {
			t.Errorf("%s: got %d %s, want 500 InternalError without the cause", event, r.StatusCode, r.Body)
		}
		for _, want := range []string{`"level":"ERROR"`, `"outcome":"failed"`, `"cause":"decode proxy event: `} {
			if !strings.Contains(log, want) {
				t.Errorf("%s: got log %s, want %s", event, log, want)
			}
		}
	}
}
