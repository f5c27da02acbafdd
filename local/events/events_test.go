package events

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var upload = Object{
	Bucket: "uploads", Key: "johndoe/1595114575104-banana.json", Size: 119, ETag: "b1946ac92492d2347c6235b4d2611184",
	Reason: "PutObject", RequestID: "N4N7GDK58NMKJ12R",
}

// The text is AWS's own example, with the values of this upload.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
func TestAnEventHasTheShapeThatAWSDocuments(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	b := New(Config{Account: "000000000000", Region: "us-east-1", Queue: true, Log: log.New(io.Discard, "", 0), Now: func() time.Time { return at }})
	b.Completed(upload)
	queued := b.Queued()
	if len(queued) != 1 {
		t.Fatalf("got %d events, want 1", len(queued))
	}
	want := `{"version":"0","id":"` + queued[0].ID + `","detail-type":"Object Created","source":"aws.s3","account":"000000000000",` +
		`"time":"2026-01-02T03:04:05Z","region":"us-east-1","resources":["arn:aws:s3:::uploads"],"detail":{"version":"0",` +
		`"bucket":{"name":"uploads"},"object":{"key":"johndoe/1595114575104-banana.json","size":119,` +
		`"etag":"b1946ac92492d2347c6235b4d2611184","sequencer":"001886CAF21C963206"},` +
		`"request-id":"N4N7GDK58NMKJ12R","requester":"000000000000","source-ip-address":"127.0.0.1","reason":"PutObject"}}`
	if got := string(queued[0].body()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// receiver answers with one status after another, then 204, and counts the requests.
type receiver struct {
	mu       sync.Mutex
	statuses []int // 0 drops the connection
	got      []http.Header
	bodies   [][]byte
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got, r.bodies = append(r.got, req.Header), append(r.bodies, body)
	status := http.StatusNoContent
	if len(r.statuses) > 0 {
		status, r.statuses = r.statuses[0], r.statuses[1:]
	}
	if status == 0 || err != nil {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Location", "/elsewhere")
	w.WriteHeader(status)
}

// delivered posts an upload's event to a receiver, and returns what was logged.
func delivered(t *testing.T, r *receiver) string {
	t.Helper()
	server := httptest.NewServer(r)
	defer server.Close()
	var lines bytes.Buffer
	b := New(Config{Webhook: Webhook{server.URL, "X-Webhook-Secret", "s3cr3t"}, Log: log.New(&lines, "", 0), Now: time.Now})
	b.pause = time.Microsecond
	b.Completed(upload)
	b.Wait()
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	return lines.String()
}

func TestAnEventIsSentWithTheSecretAndSentAgainAsEventBridgeDoes(t *testing.T) {
	always := func(status int) []int { return slices.Repeat([]int{status}, 2*tries) }
	for _, c := range []struct {
		name     string
		statuses []int
		requests int
		log      string
	}{
		{"accepted", nil, 1, upload.Key + " delivered to the webhook\n"},
		{"a server error", []int{500, 503}, 3, "delivered to the webhook"},
		{"a dropped connection", []int{0, 0}, 3, "delivered to the webhook"},
		{"a wrong secret for a while", []int{401, 407, 409, 429}, 5, "delivered to the webhook"},
		{"a server error forever", always(500), tries, "dead letter after 9 tries: the webhook answered 500 Internal Server Error: {"},
		{"a refusal", []int{403}, 1, "dead letter after 1 tries: the webhook answered 403 Forbidden: {"},
		{"a redirect", []int{307}, 1, "dead letter after 1 tries: the webhook answered 307 Temporary Redirect: {"},
	} {
		r := &receiver{statuses: c.statuses}
		log := delivered(t, r)
		if len(r.got) != c.requests || !strings.Contains(log, c.log) {
			t.Errorf("%s: got %d requests and the log %q, want %d and %q", c.name, len(r.got), log, c.requests, c.log)
		}
		if strings.Contains(log, "s3cr3t") {
			t.Errorf("%s: the log has the secret", c.name)
		}
		for i, header := range r.got {
			var e Event
			if err := json.Unmarshal(r.bodies[i], &e); err != nil || e.Detail.Object.Key != upload.Key || !bytes.Equal(r.bodies[i], r.bodies[0]) {
				t.Errorf("%s: got the event %s (%v), want the upload's, the same with each try", c.name, r.bodies[i], err)
			}
			for name, want := range map[string]string{
				"X-Webhook-Secret": "s3cr3t", "Content-Type": "application/json; charset=utf-8", "User-Agent": "Amazon/EventBridge/ApiDestinations",
			} {
				if got := header.Get(name); got != want {
					t.Errorf("%s: %s: got %q, want %q", c.name, name, got, want)
				}
			}
		}
	}
}

func TestCloseGivesUpWaitingForTheWebhook(t *testing.T) {
	var lines bytes.Buffer
	b := New(Config{Webhook: Webhook{"http://127.0.0.1:1/", "X-Webhook-Secret", "s3cr3t"}, Log: log.New(&lines, "", 0), Now: time.Now})
	b.pause, b.grace = time.Hour, time.Millisecond
	b.Completed(upload)
	if err := b.Close(); err != nil || !strings.Contains(lines.String(), "dead letter") {
		t.Errorf("got %v and the log %q, want a dead letter", err, lines.String())
	}
}

func TestAURLThatCannotBeCalledIsRefused(t *testing.T) {
	for url, ok := range map[string]bool{
		"http://127.0.0.1:9000/": true, "https://localhost/hook?a=b": true,
		"127.0.0.1:9000": false, "ftp://localhost/": false, "http:///": false, "http://me:secret@localhost/": false,
	} {
		if err := (Webhook{URL: url}).Check(); (err == nil) != ok {
			t.Errorf("%s: got %v", url, err)
		}
	}
}
