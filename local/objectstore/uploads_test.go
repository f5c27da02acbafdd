package objectstore

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/s3response"
)

// A client whose completion timed out asks again. It gets an answer once the object is stored, and never NoSuchUpload
// before.
func TestAnUploadThatIsBeingCompletedIsNotGone(t *testing.T) {
	s := start(t)
	for round := range 5 {
		complete := s.uploaded(fmt.Sprintf("johndoe/%d", round), 4)
		var wait sync.WaitGroup
		var mu sync.Mutex
		codes := map[string]int{}
		for n := range 8 {
			wait.Go(func() {
				var err error
				what := "list"
				if n%2 == 0 {
					what = "complete"
					_, err = s.root.CompleteMultipartUpload(t.Context(), complete)
				} else {
					_, err = s.root.ListParts(t.Context(), &s3.ListPartsInput{Bucket: &s.bucket, Key: complete.Key, UploadId: complete.UploadId})
				}
				if err != nil || n%2 == 0 { // no longer an upload, so it is an object
					if _, missing := s.root.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &s.bucket, Key: complete.Key}); missing != nil {
						t.Errorf("after %s, %v: %v, want the object", what, err, missing)
					}
				}
				mu.Lock()
				defer mu.Unlock()
				codes[what+" "+codeOf(err)]++
			})
		}
		wait.Wait()
		if codes["complete "] != 1 || codes["complete PreconditionFailed"] != 3 || codes["list "]+codes["list NoSuchUpload"] != 4 {
			t.Errorf("got %v, want one success and three times PreconditionFailed for completions, success or NoSuchUpload for lists", codes)
		}
	}
}

// A part that arrives after its upload has ended is refused, and does not create the upload again.
func TestALatePartLeavesNoUploadBehind(t *testing.T) {
	s := start(t)
	for name, end := range map[string]func(*s3.CompleteMultipartUploadInput) error{
		"completed": func(in *s3.CompleteMultipartUploadInput) error {
			_, err := s.root.CompleteMultipartUpload(t.Context(), in)
			return err
		},
		"aborted": func(in *s3.CompleteMultipartUploadInput) error {
			_, err := s.root.AbortMultipartUpload(t.Context(), &s3.AbortMultipartUploadInput{Bucket: in.Bucket, Key: in.Key, UploadId: in.UploadId})
			return err
		},
	} {
		upload := s.uploaded("johndoe/"+name, 1)
		late := s.presignPart(upload, 2)
		late.SignedHeader.Set("Expect", "100-continue") // so that the gateway says when it has begun to receive the part
		finish := s.begin(late, bytes.Repeat([]byte("b"), partSize), 1)
		if err := end(upload); err != nil {
			t.Fatalf("got %v, want the upload %s", err, name)
		}
		finish(true).want(t, "late part", 404, "NoSuchUpload")
		open, err := s.root.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &s.bucket})
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
	body := bytes.Repeat([]byte("b"), partSize)
	put := s.presignPut("johndoe/1", body)
	s.begin(put, body, partSize/2)(false).want(t, "half a body", 400, "IncompleteBody")
	if _, err := s.root.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &s.bucket, Key: aws.String("johndoe/1")}); codeOf(err) != "NoSuchKey" {
		t.Errorf("after half a body: got %v, want NoSuchKey", err)
	}
	s.send(put, body).want(t, "all of it, by the same URL", 200, "")
	upload := s.uploaded("johndoe/2", 1)
	s.begin(s.presignPart(upload, 2), body, partSize/2)(false).want(t, "half a part", 400, "IncompleteBody")
	listed, err := s.root.ListParts(t.Context(), &s3.ListPartsInput{Bucket: &s.bucket, Key: upload.Key, UploadId: upload.UploadId})
	if err != nil || len(listed.Parts) != 1 {
		t.Errorf("got %v, %v, want the first part only", listed, err)
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
	request := s.request(r, body)
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

const partSize = 5 << 20 // bytes, S3's minimum

// uploaded begins an upload and sends its parts. It returns what completes it.
func (s *started) uploaded(key string, parts int32) *s3.CompleteMultipartUploadInput {
	s.t.Helper()
	made, err := s.root.CreateMultipartUpload(s.t.Context(), &s3.CreateMultipartUploadInput{Bucket: &s.bucket, Key: &key})
	if err != nil {
		s.t.Fatal(err)
	}
	list := &types.CompletedMultipartUpload{}
	for n := range parts {
		sent, err := s.root.UploadPart(s.t.Context(), &s3.UploadPartInput{
			Bucket: &s.bucket, Key: &key, UploadId: made.UploadId, PartNumber: aws.Int32(n + 1), Body: bytes.NewReader(make([]byte, partSize)),
		})
		if err != nil {
			s.t.Fatal(err)
		}
		list.Parts = append(list.Parts, types.CompletedPart{PartNumber: aws.Int32(n + 1), ETag: sent.ETag})
	}
	return &s3.CompleteMultipartUploadInput{
		Bucket: &s.bucket, Key: &key, UploadId: made.UploadId, MultipartUpload: list, IfNoneMatch: aws.String("*"),
	}
}

func (s *started) presignPart(of *s3.CompleteMultipartUploadInput, number int32) *v4.PresignedHTTPRequest {
	s.t.Helper()
	r, err := s3.NewPresignClient(s.root).PresignUploadPart(s.t.Context(), &s3.UploadPartInput{
		Bucket: of.Bucket, Key: of.Key, UploadId: of.UploadId, PartNumber: &number,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}
