package objectstore

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/s3response"
)

// A part that is whole only when its upload is over comes too late, and does not bring the upload back.
func TestALatePartLeavesNoUploadBehind(t *testing.T) {
	for name, end := range map[string]func(s *started, path, etag string) answer{
		"completed": func(s *started, path, etag string) answer {
			list := "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" + etag + "</ETag></Part></CompleteMultipartUpload>"
			return s.send(s.presign(s.upload, "POST", path, "If-None-Match", "*"), []byte(list))
		},
		"aborted": func(s *started, path, _ string) answer { return s.send(s.presign(s.upload, "DELETE", path), nil) },
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			path := s.beginUpload("johndoe/1")
			first := s.send(s.presign(s.upload, "PUT", path+"&partNumber=1"), []byte("first"))
			first.want(t, "first part", 200, "")

			late := s.begin(t, path+"&partNumber=2", bytes.Repeat([]byte("b"), 5<<20))
			if ended := end(s, path, first.header.Get("ETag")); ended.status/100 != 2 {
				t.Fatalf("got %d %s, want the upload %s", ended.status, ended.body, name)
			}
			late().want(t, "late part", 404, "NoSuchUpload")
			open, err := s.Client().ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &s.bucket})
			if err != nil || len(open.Uploads) != 0 {
				t.Errorf("got %d open uploads, %v, want none", len(open.Uploads), err)
			}
		})
	}
}

// begin sends all of a part but its last byte, and waits until the gateway has begun to receive it; finish sends that byte.
func (s *started) begin(t *testing.T, path string, part []byte) (finish func() answer) {
	t.Helper()
	signed := s.presign(s.upload, "PUT", path)
	_, target, _ := strings.Cut(strings.TrimPrefix(signed.URL, "http://"), "/")
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	write := func(b []byte) {
		if _, err := conn.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	write(fmt.Appendf(nil, "PUT /%s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", target, conn.RemoteAddr(), len(part)))
	in := bufio.NewReader(conn)
	if line, err := in.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("got %q, %v, want to be asked for the body", line, err)
	}
	if _, err := in.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	write(part[:len(part)-1])
	return func() answer {
		write(part[len(part)-1:])
		response, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		return s.read(response)
	}
}

// ending is a backend in which a part becomes whole while its upload is being completed.
type ending struct {
	backend.Backend
	completing, part chan struct{}
	aborted          []string
}

func (e *ending) UploadPart(context.Context, *s3.UploadPartInput) (*s3.UploadPartOutput, error) {
	close(e.part)
	<-e.completing
	return &s3.UploadPartOutput{}, nil
}

func (e *ending) CompleteMultipartUpload(context.Context, *s3.CompleteMultipartUploadInput) (s3response.CompleteMultipartUploadResult, string, error) {
	close(e.completing)
	<-e.part
	return s3response.CompleteMultipartUploadResult{}, "", nil
}

func (e *ending) AbortMultipartUpload(_ context.Context, in *s3.AbortMultipartUploadInput) error {
	e.aborted = append(e.aborted, *in.UploadId)
	return nil
}

func TestAPartThatIsWholeWhileItsUploadEndsLeavesNoUploadBehind(t *testing.T) {
	be := &ending{completing: make(chan struct{}), part: make(chan struct{})}
	g := guard{Backend: be, uploads: newUploads()}
	upload, told := "upload", make(chan error)
	go func() {
		_, err := g.UploadPart(t.Context(), &s3.UploadPartInput{UploadId: &upload})
		told <- err
	}()
	<-be.part
	be.part = make(chan struct{}) // now: the part is through, and nobody knows of it any more
	go func() {
		if err := <-told; err != nil {
			t.Error(err)
		}
		close(be.part)
	}()
	if _, _, err := g.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{UploadId: &upload}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(be.aborted, []string{upload}) {
		t.Errorf("got %q aborted after the completion, want what the part has left of it", be.aborted)
	}
}

// The record of a part outlives its request; the gateway's strings, which point into that request's
// memory, do not.
func TestAPartIsKnownWhenTheRequestOfTheOneBeforeIsGone(t *testing.T) {
	u := newUploads()
	memory := []byte("upload")
	parts := []*upload{u.enter(unsafe.String(&memory[0], len(memory))), u.enter("upload")}
	copy(memory, "others")
	for _, part := range parts {
		if u.leave(part) {
			t.Error("got an upload that ended, want one that continues")
		}
	}
	if len(u.byID) != 0 {
		t.Errorf("got %v, want nothing left", u.byID)
	}
}
