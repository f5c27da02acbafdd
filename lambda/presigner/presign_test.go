package presigner_test

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/golden"

	"example.com/presigned/lambda/operation"
	"example.com/presigned/lambda/presigner"
)

// TestSignedPartsOfEveryOperation pins what is signed, since a change of the SDK can move it: in 2025
// checksums that nobody asked for went where S3 ignores them. `make golden` writes the file anew.
func TestSignedPartsOfEveryOperation(t *testing.T) {
	var b strings.Builder
	for _, op := range operation.Table() {
		bodies := []string{fullest(t, op)}
		if op.Name == "getObject" {
			bodies = append(bodies, `{"operation":"getObject","key":"johndoe/1595114575104"}`) // what a plain link can send
		}
		if len(op.Required) == 0 {
			bodies = append(bodies, fmt.Sprintf(`{"operation":%q}`, op.Name))
		}
		for _, body := range bodies {
			describe(&b, body, issued(t, unbounded(), body))
		}
	}
	golden.Assert(t, b.String(), "signed.golden")
}

func describe(b *strings.Builder, body string, a presigner.Answer) {
	u, _ := url.Parse(a.URL)
	fmt.Fprintf(b, "%s\n  %s %s://%s%s\n", body, a.Method, u.Scheme, u.Host, u.EscapedPath())
	query := u.Query()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		value := query.Get(name)
		switch name { // long, and of the credentials alone
		case "X-Amz-Signature", "X-Amz-Security-Token":
			value = "..."
		}
		fmt.Fprintf(b, "  ?%s=%s\n", name, value)
	}
	for _, name := range slices.Sorted(maps.Keys(a.Headers)) {
		fmt.Fprintf(b, "  %s: %s\n", name, a.Headers[name])
	}
}

func TestTheTableSaysExactlyWhatIsSigned(t *testing.T) {
	for _, op := range operation.Table() {
		t.Run(op.Name, func(t *testing.T) {
			a := issued(t, unbounded(), fullest(t, op))
			u, _ := url.Parse(a.URL)
			var headers []string
			for name := range strings.SplitSeq(u.Query().Get("X-Amz-SignedHeaders"), ";") {
				if name != "host" {
					headers = append(headers, name)
				}
			}
			want := make([]string, len(op.Headers))
			for i, name := range op.Headers {
				want[i] = strings.ToLower(name)
			}
			if !slices.Equal(headers, want) {
				t.Errorf("signed headers: got %q, the table says %q", headers, want)
			}
			var query []string
			for _, name := range slices.Sorted(maps.Keys(u.Query())) {
				if !strings.HasPrefix(name, "X-Amz-") {
					query = append(query, name)
				}
			}
			if !slices.Equal(query, op.Query) {
				t.Errorf("query: got %q, the table says %q", query, op.Query)
			}
			if a.Method != op.Method {
				t.Errorf("method: got %s, the table says %s", a.Method, op.Method)
			}
			if _, once := a.Headers["If-None-Match"]; once != op.WriteOnce {
				t.Errorf("If-None-Match: got %t, the table says %t", once, op.WriteOnce)
			}
		})
	}
}

func TestTheAnswersHeadersAreThoseThatTheClientMustSet(t *testing.T) {
	for _, op := range operation.Table() {
		a := issued(t, unbounded(), fullest(t, op))
		u, _ := url.Parse(a.URL)
		signed := strings.Split(u.Query().Get("X-Amz-SignedHeaders"), ";")
		signed = slices.DeleteFunc(signed, func(name string) bool { return name == "host" || name == "content-length" })
		var headers []string
		for name := range a.Headers {
			headers = append(headers, strings.ToLower(name))
		}
		slices.Sort(headers)
		if !slices.Equal(headers, signed) {
			t.Errorf("%s: got %q, want %q", op.Name, headers, signed)
		}
	}
}

func TestTheDefaultContentTypeIsJSON(t *testing.T) {
	if got, want := issued(t, unbounded(), `{}`).Headers["Content-Type"], "application/json"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestBoundsAllowWhatJustFits(t *testing.T) {
	for _, body := range []string{
		`{"contentLength":52428800}`,
		`{"operation":"uploadPart","key":"johndoe/1","uploadId":"u1","partNumber":1,"contentLength":8388608}`,
		`{"operation":"uploadPart","key":"johndoe/1","uploadId":"u1","partNumber":7,"contentLength":2097152}`,
	} {
		issued(t, everything(), body)
	}
	issued(t, unbounded(), `{"contentLength":5368709120}`)
	issued(t, unbounded(), `{"operation":"uploadPart","key":"johndoe/1","uploadId":"u1","partNumber":10000,"contentLength":5368709120}`)
}

func TestAMultipartAnswerTellsThePartSize(t *testing.T) {
	a := issued(t, everything(), `{"operation":"createMultipartUpload"}`)
	if a.PartSize != 8<<20 || a.MaxUploadBytes != 50<<20 {
		t.Errorf("got part size %d and bound %d, want %d and %d", a.PartSize, a.MaxUploadBytes, 8<<20, 50<<20)
	}
}

func TestAnEndpointOfOnesOwnIsSignedPathStyle(t *testing.T) {
	c := unbounded()
	c.Endpoint = "http://127.0.0.1:8081"
	a := issued(t, c, `{}`)
	if !strings.HasPrefix(a.URL, "http://127.0.0.1:8081/uploads/johndoe/1595114575104?") {
		t.Errorf("got %q", a.URL)
	}
}
