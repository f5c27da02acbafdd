//go:build conformance

package conformance

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
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

	send harness.Request // its URL is what they sign
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

const content = "bananas"

// putBy writes an object with signed headers. The bucket policy requires If-None-Match, but root is exempt.
func putBy(signer, key string, n int) theirs {
	contentType, note := fmt.Sprintf("text/x-%d; charset=utf-8", n), fmt.Sprintf("a  b+c=%d", n)
	return theirs{
		Signer: signer, Operation: "put_object", Expires: 60, Signed: []string{"content-type", "x-amz-meta-note"},
		Params: map[string]any{
			"Bucket": dev.Bucket, "Key": signer + "/" + key, "ContentType": contentType, "Metadata": map[string]string{"note": note},
		},
		send: harness.Request{
			Method: "PUT", Header: http.Header{"Content-Type": {contentType}, "X-Amz-Meta-Note": {note}}, Body: []byte(content),
		},
	}
}

// getBy reads it back.
func getBy(signer, key string, _ int) theirs {
	return theirs{
		Signer: signer, Operation: "get_object", Expires: 604800,
		Params: map[string]any{
			"Bucket": dev.Bucket, "Key": signer + "/" + key, "ResponseContentDisposition": `attachment; filename="a b+c.txt"`,
		},
		send: harness.Request{Method: "GET", Header: http.Header{}},
	}
}

// What others sign, the local S3 takes: an object is put and read back by their URLs, under every key.
func TestS3TakesWhatOthersSign(t *testing.T) {
	keys := append(fuzzedKeys(100), oddKeys...)
	for signer, suite := range map[string]string{"botocore": "Their URLs: botocore", "sdk": "Their URLs: JavaScript v3"} {
		got := checks{}
		for _, by := range []func(signer, key string, n int) theirs{putBy, getBy} {
			cases := make([]theirs, len(keys))
			for i, key := range keys {
				cases[i] = by(signer, key, i)
			}
			for i, signed := range answer[[]struct{ URL string }](t, signerOf(t, signer), cases) {
				r := cases[i].send
				r.URL = signed.URL
				wrong, a := "", r.Send(t)
				if a.Status != http.StatusOK {
					wrong = fmt.Sprintf("%d %s", a.Status, a.Code())
				} else if r.Method == http.MethodGet && !bytes.Equal(a.Body, []byte(content)) {
					wrong = fmt.Sprintf("read %.40q", a.Body)
				}
				got.add(fmt.Sprintf("%s %q", strings.ToLower(r.Method), keys[i]), wrong)
			}
		}
		judge(t, suite, got)
	}
}
