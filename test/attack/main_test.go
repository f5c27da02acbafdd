// Package attack tries, against the local run, what must not work: each row of its tables is an attack, the
// answer it must get, and the guard that gives it.
package attack

import (
	"net/http"
	"testing"

	"example.com/presigned/test/harness"
)

// dev is the stack of cdk.json's dev stage: every operation on, uploads unbounded.
var dev *harness.Stack

func TestMain(m *testing.M) { harness.Main(m, "local-assembly", &dev) }

// row is an attack on one of the endpoints or on S3.
type row struct {
	name   string
	attack func(t *testing.T) harness.Answer
	status int
	code   string // of the problem or of S3's error; "" where the answer has no body
	guard  string // what refuses it
}

func try(t *testing.T, rows []row) {
	t.Helper()
	for _, r := range rows {
		harness.Refused(t, r.name, r.attack, r.status, r.code, r.guard)
	}
}

// presigned is a row's attack on S3: a granted request, tampered with.
func presigned(body string, content []byte, tamper func(r *harness.Request)) func(t *testing.T) harness.Answer {
	return func(t *testing.T) harness.Answer {
		r := put(t, body).Request(content)
		tamper(r)
		return r.Send(t)
	}
}

// put presigns an operation of the upload route for johndoe.
func put(t *testing.T, body string) harness.Presigned {
	t.Helper()
	return harness.Presign(t, dev.UploadURL, dev.TokenOf("johndoe"), body)
}

// get presigns an operation of the download route for johndoe.
func get(t *testing.T, body string) harness.Presigned {
	t.Helper()
	return harness.Presign(t, dev.DownloadURL, dev.TokenOf("johndoe"), body)
}

// upload puts an object of johndoe's and returns its key.
func upload(t *testing.T, content string) string {
	t.Helper()
	p := put(t, `{"contentType":"text/plain"}`)
	if got := p.Request([]byte(content)).Send(t); got.Status != http.StatusOK {
		t.Fatalf("upload: got %d %s", got.Status, got.Body)
	}
	return p.Key
}
