package attack

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"example.com/presigned/test/harness"
)

// Requests of one user in one millisecond get one key. Nothing is lost: the second writer gets 412 and asks again.
func TestUploadsAtOnceAreAllKept(t *testing.T) {
	const uploads = 40
	token := dev.TokenOf("collider")
	keys := make([]string, uploads)
	var wait sync.WaitGroup
	for i := range uploads {
		wait.Go(func() { keys[i] = uploadUntilKept(t, token, fmt.Sprintf("upload %d", i)) })
	}
	wait.Wait()
	for i, key := range keys {
		p := harness.Presign(t, dev.DownloadURL, token, fmt.Sprintf(`{"key":%q}`, key))
		if got, want := string(p.Request(nil).Send(t).Body), fmt.Sprintf("upload %d", i); got != want {
			t.Errorf("%s: got %q, want %q", key, got, want)
		}
	}
}

func uploadUntilKept(t *testing.T, token, content string) string {
	for {
		p := harness.Presign(t, dev.UploadURL, token, `{"contentType":"text/plain"}`)
		switch a := p.Request([]byte(content)).Send(t); a.Status {
		case http.StatusOK:
			return p.Key
		case http.StatusPreconditionFailed, http.StatusConflict:
		default:
			t.Errorf("%s: got %d %s", content, a.Status, a.Body)
			return ""
		}
	}
}
