package examples

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/presigned/client"
	"example.com/presigned/local/events"
	"example.com/presigned/local/stack"
	"example.com/presigned/test/harness"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

const webhookSecret = "the back end's own"

// backEnd is examples/python/webhook.py.
type backEnd struct {
	url  string
	cmd  *exec.Cmd
	out  *bufio.Scanner
	file string // its database
}

func startBackEnd(t *testing.T, database string) *backEnd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "python3", harness.Build("../examples/python/webhook.py"), "0", database)
	cmd.Env = append(cmd.Environ(), "WEBHOOK_SECRET="+webhookSecret, "WEBHOOK_HEADER=X-Acme-Secret") // the bounded stage's
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	b := &backEnd{cmd: cmd, out: bufio.NewScanner(stdout), file: database}
	if b.out.Scan() {
		b.url, _ = strings.CutPrefix(b.out.Text(), "listening on ")
	}
	if b.url == "" {
		t.Fatalf("got %q, want an address", b.out.Text())
	}
	return b
}

// stop ends the program, and returns the lines that it printed: one for each upload that was new.
func (b *backEnd) stop(t *testing.T) []string {
	t.Helper()
	if err := b.cmd.Process.Kill(); err != nil { // whatever it has promised is on disk
		t.Fatal(err)
	}
	var lines []string
	for b.out.Scan() {
		lines = append(lines, b.out.Text())
	}
	_ = b.cmd.Wait() // killed
	slices.Sort(lines)
	return lines
}

// post sends a body with a secret, and returns the status.
func (b *backEnd) post(t *testing.T, secret string, body []byte) int {
	t.Helper()
	return b.send(t, secret, int64(len(body)), bytes.NewReader(body))
}

func (b *backEnd) send(t *testing.T, secret string, length int64, body io.Reader) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.url, body)
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = length
	if secret != "" {
		r.Header.Set("X-Acme-Secret", secret)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

func encoded(t *testing.T, e events.Event) []byte {
	t.Helper()
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestTheBackEndOfTheExamplesNeedsASecret(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "python3", harness.Build("../examples/python/webhook.py"), "0", filepath.Join(t.TempDir(), "uploads.db"))
	cmd.Env = append(cmd.Environ(), "WEBHOOK_SECRET=")
	if out, err := cmd.CombinedOutput(); err == nil || string(out) != "set WEBHOOK_SECRET\n" {
		t.Errorf("got %q, %v, want it to ask for a secret", out, err)
	}
}

// The stage has a queue and a webhook: both get the event of each upload, and no other.
func TestTheBackEndOfTheExamplesCountsEachUploadOnce(t *testing.T) {
	database := filepath.Join(t.TempDir(), "uploads.db")
	b := startBackEnd(t, database)
	r := start(t, func(cfg *stack.Config) { cfg.Webhook, cfg.WebhookSecret = b.url, webhookSecret })
	token := r.TokenOf("johndoe")
	c, err := client.New(client.Config{UploadURL: r.UploadURL, Token: func(context.Context) (string, error) { return token, nil }})
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for name, size := range map[string]int64{"small.json": 119, "žluťoučký ☺.json": 1, "empty.json": 0, "parts.json": 17 << 20} {
		done, err := c.Upload(t.Context(), client.File{
			Name: name, ContentType: "application/json", Content: bytes.NewReader(make([]byte, size)), Size: size,
		})
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, done.Key)
	}
	slices.Sort(want)
	r.Running.Events.Wait()
	queued := r.Running.Events.Queued()
	if got := keysOf(queued); !slices.Equal(got, want) {
		t.Errorf("the queue was told of %q, want %q", got, want)
	}
	sameAsStored(t, r, queued)

	for _, e := range queued {
		plain := encoded(t, e)
		e.Detail.Object.Key = url.QueryEscape(e.Detail.Object.Key) // as S3's own notifications have it
		for _, again := range [][]byte{plain, plain, encoded(t, e)} {
			if got := b.post(t, webhookSecret, again); got != http.StatusNoContent {
				t.Errorf("the event again: got %d, want 204", got)
			}
		}
	}
	for what, c := range map[string]struct {
		secret string
		body   []byte
		want   int
	}{
		"no secret":        {"", encoded(t, queued[0]), http.StatusUnauthorized},
		"another's secret": {webhookSecret + "x", encoded(t, queued[0]), http.StatusUnauthorized},
		"no event":         {webhookSecret, []byte("banana"), http.StatusBadRequest},
		"another event":    {webhookSecret, []byte(`{"detail": {}}`), http.StatusBadRequest},
		"no body":          {webhookSecret, nil, http.StatusBadRequest},
	} {
		if got := b.post(t, c.secret, c.body); got != c.want {
			t.Errorf("%s: got %d, want %d", what, got, c.want)
		}
	}
	nothing, end := io.Pipe() // the program answers without reading a body that is too large
	defer end.Close()
	if got := b.send(t, webhookSecret, 256<<10+1, nothing); got != http.StatusRequestEntityTooLarge {
		t.Errorf("too much: got %d, want 413", got)
	}
	counted(t, b.stop(t), queued)

	b = startBackEnd(t, database) // after a crash
	for _, e := range queued {
		b.post(t, webhookSecret, encoded(t, e))
	}
	if lines := b.stop(t); len(lines) != 0 {
		t.Errorf("counted again after a restart: %q", lines)
	}
}

// counted requires one line for each event.
func counted(t *testing.T, lines []string, queued []events.Event) {
	t.Helper()
	var want []string
	for _, e := range queued {
		want = append(want, fmt.Sprintln(e.Detail.Bucket.Name, e.Detail.Object.Key, e.Detail.Object.Sequencer))
	}
	slices.Sort(want)
	if got := strings.Join(lines, "\n") + "\n"; got != strings.Join(want, "") {
		t.Errorf("counted\n%swant\n%s", got, strings.Join(want, ""))
	}
}

func keysOf(queued []events.Event) []string {
	var keys []string
	for _, e := range queued {
		keys = append(keys, e.Detail.Object.Key)
	}
	slices.Sort(keys)
	return keys
}

// sameAsStored compares the events with what S3 has, and how it came there.
func sameAsStored(t *testing.T, r reader, queued []events.Event) {
	t.Helper()
	for _, e := range queued {
		o := e.Detail.Object
		head, err := r.Running.Store.Client().HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &r.Bucket, Key: &o.Key})
		if err != nil {
			t.Fatal(err)
		}
		reason := "PutObject"
		if strings.Contains(*head.ETag, "-") {
			reason = "CompleteMultipartUpload"
		}
		if o.Size != *head.ContentLength || `"`+o.ETag+`"` != *head.ETag || e.Detail.Reason != reason || len(e.Detail.RequestID) != 16 {
			t.Errorf("%s: got %+v, want %d bytes with ETag %s, by %s", o.Key, e.Detail, *head.ContentLength, *head.ETag, reason)
		}
	}
}
