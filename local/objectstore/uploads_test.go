package objectstore

import (
	"bufio"
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/s3response"
)

// A client whose completion timed out asks again. It gets an answer once the object is stored, and never NoSuchUpload
// before.
func TestAnUploadThatIsBeingCompletedIsNotGone(t *testing.T) {
	s := start(t)
	for round := range 5 {
		key := fmt.Sprintf("johndoe/%d", round)
		path, list := s.parts(key, 4)
		complete := s.presign(s.upload, "POST", path, "If-None-Match", "*")
		var wait sync.WaitGroup
		var mu sync.Mutex
		codes := map[string]int{}
		for n := range 8 {
			wait.Go(func() {
				got := answer{}
				if n%2 == 0 {
					got = s.send(complete, list)
				} else {
					got = s.send(s.presign(s.upload, "GET", path), nil)
				}
				if got.status != 200 || n%2 == 0 { // no longer an upload, so it is an object
					if _, err := s.Client().HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &s.bucket, Key: &key}); err != nil {
						t.Errorf("after %d %s: %v, want the object", got.status, got.code, err)
					}
				}
				mu.Lock()
				defer mu.Unlock()
				codes[fmt.Sprintf("%d %d %s", n%2, got.status, got.code)]++
			})
		}
		wait.Wait()
		if codes["0 200 "] != 1 || codes["0 412 PreconditionFailed"] != 3 || codes["1 200 "]+codes["1 404 NoSuchUpload"] != 4 {
			t.Errorf("got %v, want one 200 and three times 412 for completions, 200 or 404 for lists of parts", codes)
		}
	}
}

// A part that arrives after its upload has ended is refused, and does not create the upload again.
func TestALatePartLeavesNoUploadBehind(t *testing.T) {
	s := start(t)
	for name, end := range map[string]func(path string, list []byte) answer{
		"completed": func(path string, list []byte) answer {
			return s.send(s.presign(s.upload, "POST", path, "If-None-Match", "*"), list)
		},
		"aborted": func(path string, _ []byte) answer { return s.send(s.presign(s.upload, "DELETE", path), nil) },
	} {
		path, list := s.parts("johndoe/"+name, 1)
		late := s.presign(s.upload, "PUT", path+"&partNumber=2")
		late.SignedHeader.Set("Expect", "100-continue") // so that the gateway says when it has begun to receive the part
		finish := s.begin(late, bytes.Repeat([]byte("b"), 5<<20), 1)
		if ended := end(path, list); ended.status/100 != 2 {
			t.Fatalf("got %d %s, want the upload %s", ended.status, ended.body, name)
		}
		finish(true).want(t, "late part", 404, "NoSuchUpload")
		open, err := s.Client().ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &s.bucket})
		if err != nil || len(open.Uploads) != 0 {
			t.Errorf("%s: got %d open uploads, %v, want none", name, len(open.Uploads), err)
		}
	}
}

// completing is a backend that counts what runs after a completion.
type completing struct {
	backend.Backend
	completed      bool
	abortedAfterIt int
}

func (c *completing) CompleteMultipartUpload(context.Context, *s3.CompleteMultipartUploadInput) (out s3response.CompleteMultipartUploadResult, version string, err error) {
	c.completed = true
	return out, version, nil
}

func (c *completing) AbortMultipartUpload(context.Context, *s3.AbortMultipartUploadInput) error {
	if c.completed {
		c.abortedAfterIt++
	}
	return nil
}

// The part was answered before the completion ended, so only the completion can remove what the part left.
func TestAPartThatArrivesDuringACompletionLeavesNoUploadBehind(t *testing.T) {
	be, id := &completing{}, "upload"
	g := guard{Backend: be, uploads: &sync.Map{}}
	if _, _, err := g.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{UploadId: &id}); err != nil || be.abortedAfterIt != 1 {
		t.Errorf("got %v and %d aborts after the completion, want 1", err, be.abortedAfterIt)
	}
}

func TestABodyThatBreaksOffLeavesNothing(t *testing.T) {
	s := start(t)
	body := bytes.Repeat([]byte("b"), 5<<20)
	put := s.presignPut("johndoe/1", body)
	s.begin(put, body, len(body)/2)(false).want(t, "half a body", 400, "IncompleteBody")
	s.send(put, body).want(t, "all of it, by the same URL", 200, "")
	path := s.beginUpload("johndoe/2")
	part := s.presign(s.upload, "PUT", path+"&partNumber=1")
	s.begin(part, body, len(body)/2)(false).want(t, "half a part", 400, "IncompleteBody")
	if listed := s.send(s.presign(s.upload, "GET", path), nil); strings.Contains(string(listed.body), "<Part>") {
		t.Errorf("S3 lists the part that broke off: %s", listed.body)
	}
}

// Many clients read nothing before they have sent everything. They must get the refusal, not a broken connection.
func TestARefusalReachesAClientThatIsStillSending(t *testing.T) {
	s := start(t)
	body := bytes.Repeat([]byte("b"), 32<<20) // more than the sockets on the way hold
	unsigned := &v4.PresignedHTTPRequest{Method: "PUT", URL: s.URL + "/" + s.bucket + "/johndoe/1"}
	s.begin(unsigned, body, 0)(true).want(t, "without a signature", 403, "AccessDenied")
}

// begin sends a request without the last bytes of its body. finish(true) sends these bytes; finish(false) ends the body
// without them. Both return the answer.
func (s *started) begin(r *v4.PresignedHTTPRequest, body []byte, without int) (finish func(all bool) answer) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), r.Method, r.URL, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for name, values := range r.SignedHeader {
		request.Header[name] = values
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = conn.Close() })
	var message bytes.Buffer
	if err := request.Write(&message); err != nil {
		s.t.Fatal(err)
	}
	write := func(b []byte) {
		if _, err := conn.Write(b); err != nil {
			s.t.Fatalf("send the request: %v", err)
		}
	}
	sent := message.Len() - without
	write(message.Bytes()[:sent])
	in := bufio.NewReader(conn)
	if request.Header.Get("Expect") != "" {
		if response, err := http.ReadResponse(in, request); err != nil || response.StatusCode != http.StatusContinue {
			s.t.Fatalf("got %v, %v, want 100 Continue", response, err)
		}
	}
	return func(all bool) answer {
		if all {
			write(message.Bytes()[sent:])
		} else if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			s.t.Fatal(err)
		}
		response, err := http.ReadResponse(in, request)
		if err != nil {
			s.t.Fatal(err)
		}
		return s.read(response)
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

// parts begins an upload and sends n parts; list is the body that completes it.
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
