//go:build conformance

package conformance

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"example.com/presigned/test/harness"
)

// theirs is a request for another signer to presign, with the root credentials.
type theirs struct {
	Signer    string         `json:"signer"`
	Operation string         `json:"operation"`
	Params    map[string]any `json:"params"`
	Expires   int            `json:"expires"`
	Signed    []string       `json:"signed,omitempty"` // headers that the JavaScript SDK omits by default

	name   string
	method string
	header http.Header // to be sent
	body   string
}

// oddKeys are the keys that signers disagree on, if they disagree.
var oddKeys = []string{
	"plain", "with space", "a+b", "a%2Fb", "100%", "~tilde~", "žluťoučký☺", "a/b/c", "a//b", "(paren)'s!*", "=&?#;:@$,", "\"quoted\"",
	`back\slash`, "[x]{y}|^`<z>", "a./.b", "...", "a..b", " leading", "trailing ", "plus+ and%20", "tab\there",
	"../up", "a/../b", "./a", "a/./b", "folder/",
}

// fuzzedKeys are as many keys again of characters drawn at random, the same ones each time.
func fuzzedKeys(n int) []string {
	random := rand.New(rand.NewPCG(7, 4))
	alphabet := []rune(" !\"#$%&'()*+,-.0123456789:;<=>?@ABCXYZ[\\]^_`abcxyz{|}~/äß€中\U0001F34C")
	keys := make([]string, n)
	for i := range keys {
		var key strings.Builder
		for range 1 + random.IntN(24) {
			key.WriteRune(alphabet[random.IntN(len(alphabet))])
		}
		// A number in front keeps the keys apart, and no segment is "." or ".." or empty: those are among the odd ones.
		keys[i] = fmt.Sprintf("fuzz/%d-%s-", i, strings.ReplaceAll(key.String(), "/", "-/-"))
	}
	return keys
}

// requests are a put and a get of each key; fuzzed ones carry signed headers too.
func requests(signer string, keys []string) (puts, gets []theirs) {
	for i, key := range keys {
		params := func() map[string]any { return map[string]any{"Bucket": dev.Bucket, "Key": signer + "/" + key} }
		put := theirs{Signer: signer, Operation: "put_object", Params: params(), Expires: 60, name: fmt.Sprintf("put %q", key), method: "PUT", header: http.Header{}, body: "bananas"}
		// The bucket policy requires If-None-Match, but root is exempt.
		put.Params["ContentType"] = fmt.Sprintf("text/x-%d; charset=utf-8", i)
		put.Params["Metadata"] = map[string]string{"note": fmt.Sprintf("a  b+c=%d", i)}
		put.header.Set("Content-Type", fmt.Sprintf("text/x-%d; charset=utf-8", i))
		put.header.Set("X-Amz-Meta-Note", fmt.Sprintf("a  b+c=%d", i))
		put.Signed = []string{"content-type", "x-amz-meta-note"}
		get := theirs{Signer: signer, Operation: "get_object", Params: params(), Expires: 604800, name: fmt.Sprintf("get %q", key), method: "GET", body: "bananas"}
		get.Params["ResponseContentDisposition"] = `attachment; filename="a b+c.txt"`
		puts, gets = append(puts, put), append(gets, get)
	}
	return puts, gets
}

// signed are the URLs for cases, by another signer.
func signed(t *testing.T, cmd *exec.Cmd, cases []theirs) []string {
	t.Helper()
	urls := make([]string, len(cases))
	for i, a := range answer[[]struct{ URL string }](t, cmd, cases) {
		urls[i] = a.URL
	}
	return urls
}

func (c theirs) request(url string) *harness.Request {
	r := &harness.Request{Method: c.method, URL: url, Header: c.header.Clone()}
	if r.Header == nil {
		r.Header = http.Header{}
	}
	if c.method == http.MethodPut {
		r.Body = []byte(c.body)
	}
	return r
}

// signers are the programs that sign.
func signers(t *testing.T) map[string]func() *exec.Cmd {
	return map[string]func() *exec.Cmd{
		"botocore": func() *exec.Cmd { return command(t, python(), here("sign/presign.py")) },
		"sdk":      func() *exec.Cmd { return command(t, "node", here("sign/presign.mjs")) },
	}
}

// What others sign, the local S3 takes: an object is put and read back by their URLs, under every key.
func TestS3TakesWhatOthersSign(t *testing.T) {
	for signer, suite := range map[string]string{"botocore": "Their URLs: botocore", "sdk": "Their URLs: JavaScript v3"} {
		puts, gets := requests(signer, append(fuzzedKeys(100), oddKeys...))
		got := checks{}
		sendAll(t, puts, signed(t, signers(t)[signer](), puts), got)
		sendAll(t, gets, signed(t, signers(t)[signer](), gets), got)
		judge(t, suite, got)
	}
}

// sendAll sends presigned requests and requires 200, and the object's own bytes from a get.
func sendAll(t *testing.T, cases []theirs, urls []string, got checks) {
	t.Helper()
	for i, c := range cases {
		a := c.request(urls[i]).Send(t)
		switch {
		case a.Status != http.StatusOK:
			got.add(c.name, fmt.Sprintf("%d %s", a.Status, a.Code()))
		case c.method == http.MethodGet && !bytes.Equal(a.Body, []byte(c.body)):
			got.add(c.name, fmt.Sprintf("read %.40q", a.Body))
		default:
			got.add(c.name, "")
		}
	}
}
