package presigner

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// plainJSON is what encoding/json writes, with "&" as it is.
func plainJSON(t *testing.T, v any) string {
	t.Helper()
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}

func TestAnAnswerIsWrittenAsEncodingJSONWritesIt(t *testing.T) {
	for _, a := range []Answer{
		{},
		{URL: "https://b.s3.eu-west-1.amazonaws.com/k?a=b&c=%2F", Method: "GET", Headers: map[string]string{}, ExpiresAt: "2020-07-18T23:27:55Z"},
		{
			URL: "https://b", Method: "PUT", Key: "johndoe/1", ExpiresAt: "2020-07-18T23:27:55Z", PartSize: 8 << 20, MaxUploadBytes: 5 << 40,
			Headers: map[string]string{"If-None-Match": "*", "Content-Type": `image/png; name="a\b"`, "X-Amz-Checksum-Sha256": "47DEQ+/="},
		},
	} {
		if a.Headers == nil {
			a.Headers = map[string]string{} // an answer always has them: config.answer
		}
		if got, want := string(a.appendJSON(nil)), plainJSON(t, a); got != want {
			t.Errorf("got\n%s, want\n%s", got, want)
		}
	}
}

func TestAProblemIsWrittenAsEncodingJSONWritesIt(t *testing.T) {
	p := newProblem(&problem{code: InvalidKey, detail: `key "a\"b": want <c> & é`}, "c6af9ac6")
	if got, want := string(p.appendJSON(nil)), plainJSON(t, p); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}

// FuzzAppendText: whatever valid text is written reads as itself, also within the body of a response.
func FuzzAppendText(f *testing.F) {
	for _, seed := range []string{"", `"`, `\`, "\x00\x1f\n", "\x7f\u2028\U0001F600", `","key":"alice/1`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "?")
		inner := appendText(nil, text)
		var body, got string
		if err := json.Unmarshal(appendText(nil, inner), &body); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if err := json.Unmarshal([]byte(body), &got); err != nil || got != text {
			t.Errorf("got %q, %v, want %q", got, err, text)
		}
	})
}
