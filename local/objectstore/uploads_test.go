package objectstore

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// An upload that is being completed is neither open nor an object yet. Whoever asks for it meanwhile, as a client does
// that has given up waiting for the answer, is answered when it is decided.
func TestAnUploadThatIsBeingCompletedIsNotGone(t *testing.T) {
	s := start(t)
	for round := range 5 {
		key := fmt.Sprintf("johndoe/%d", round)
		path, list := s.parts(key, 4)
		complete := s.presign(s.upload, "POST", path, "If-None-Match", "*")
		var wait sync.WaitGroup
		var mu sync.Mutex
		codes := map[string]int{}
		for asker := range 8 {
			wait.Go(func() {
				got := answer{}
				if asker%2 == 0 {
					got = s.send(complete, list)
				} else {
					got = s.send(s.presign(s.upload, "GET", path), nil)
				}
				if got.status != 200 || asker%2 == 0 { // no longer an upload, so it is an object
					if _, err := s.Client().HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &s.bucket, Key: &key}); err != nil {
						t.Errorf("after %d %s: %v, want the object", got.status, got.code, err)
					}
				}
				mu.Lock()
				defer mu.Unlock()
				codes[fmt.Sprintf("%d %d %s", asker%2, got.status, got.code)]++
			})
		}
		wait.Wait()
		if codes["0 200 "] != 1 || codes["0 412 PreconditionFailed"] != 3 || codes["1 200 "]+codes["1 404 NoSuchUpload"] != 4 {
			t.Errorf("got %v, want one 200 and three times 412 for completions, 200 or 404 for lists of parts", codes)
		}
	}
}

// beginUpload begins an upload, and returns the path of its requests.
func (s *started) beginUpload(key string, headers ...string) (path string) {
	s.t.Helper()
	var upload struct {
		UploadID string `xml:"UploadId"`
	}
	if err := xml.Unmarshal(s.send(s.presign(s.upload, "POST", "/"+key+"?uploads=", headers...), nil).body, &upload); err != nil {
		s.t.Fatal(err)
	}
	return "/" + key + "?uploadId=" + upload.UploadID
}

// parts begins an upload and sends so many parts; list is the body that completes it.
func (s *started) parts(key string, n int) (path string, list []byte) {
	s.t.Helper()
	path = s.beginUpload(key)
	var parts strings.Builder
	for i := range n {
		sent := s.send(s.presign(s.upload, "PUT", fmt.Sprintf("%s&partNumber=%d", path, i+1)), bytes.Repeat([]byte("a"), 5<<20))
		sent.want(s.t, "part", 200, "")
		_, _ = fmt.Fprintf(&parts, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", i+1, sent.header.Get("ETag"))
	}
	return path, []byte("<CompleteMultipartUpload>" + parts.String() + "</CompleteMultipartUpload>")
}
