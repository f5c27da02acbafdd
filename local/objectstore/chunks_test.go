package objectstore

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// An upload and a HEAD sent on one connection, split anywhere: what the gateway leaves of a body in chunks is nobody's
// request. In chunks with a length, as the SDKs send them, the connection is kept.
func TestNoRestOfABodyIsTakenForTheNextRequest(t *testing.T) {
	s := start(t)
	if _, err := s.Client().CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("chunks")}); err != nil {
		t.Fatal(err)
	}
	const plain, trailer = "UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
	const content = "1\r\nx\r\n0\r\nx-amz-checksum-crc32:jNwWgw==\r\n\r\n" // aws-chunked
	wrapped := fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(content), content)
	for what, c := range map[string]struct {
		payload, body string
		chunked       bool // Transfer-Encoding: the connection ends
		status        int
	}{
		"empty, in chunks":       {plain, "0\r\n\r\n", true, 411},
		"one chunk":              {plain, "1\r\nx\r\n0\r\n\r\n", true, 411},
		"aws-chunked in chunks":  {trailer, wrapped, true, 200},
		"aws-chunked, a trailer": {trailer, content, false, 200},
		"with a length":          {plain, "x", false, 200},
	} {
		for _, step := range []int{1, 7, 1 << 20} {
			t.Run(fmt.Sprintf("%s, %d bytes at a time", what, step), func(t *testing.T) {
				put := s.signed(t, "PUT", c.payload, len(c.body), c.chunked)
				want := []int{c.status}
				if !c.chunked {
					want = append(want, 200)
				}
				got := s.sendRaw(t, put+c.body+s.signed(t, "HEAD", plain, 0, false), step)
				if !slices.Equal(got, want) {
					t.Errorf("answered %v, want %v", got, want)
				}
			})
		}
	}
}

// signed is the head of a request by root, as it goes over the wire.
func (s *started) signed(t *testing.T, method, payload string, length int, chunked bool) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL+"/chunks/a", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Amz-Content-Sha256", payload)
	if strings.HasPrefix(payload, "STREAMING") {
		req.Header.Set("X-Amz-Decoded-Content-Length", "1")
		req.Header.Set("X-Amz-Trailer", "x-amz-checksum-crc32")
		req.Header.Set("Content-Encoding", "aws-chunked")
	}
	root := aws.Credentials{AccessKeyID: s.Root.AccessKeyID, SecretAccessKey: s.Root.SecretAccessKey}
	if err := v4.NewSigner().SignHTTP(t.Context(), root, req, payload, "s3", s.Store.t.Region(), time.Now()); err != nil {
		t.Fatal(err)
	}
	framing := fmt.Sprintf("Content-Length: %d", length)
	if chunked {
		framing = "Transfer-Encoding: chunked"
	}
	var head strings.Builder
	fmt.Fprintf(&head, "%s %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", method, req.URL.Path, req.Host, framing)
	_ = req.Header.Write(&head)
	return head.String() + "\r\n"
}

// sendRaw writes an upload and a HEAD to one connection, a few bytes at a time, and returns the status of each answer
// that comes before the connection ends.
func (s *started) sendRaw(t *testing.T, sent string, step int) (got []int) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for ; sent != ""; sent = sent[min(step, len(sent)):] {
		if _, err := io.WriteString(conn, sent[:min(step, len(sent))]); err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(conn)
	for _, method := range []string{"PUT", "HEAD"} {
		resp, err := http.ReadResponse(r, &http.Request{Method: method})
		if err != nil {
			return got
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		got = append(got, resp.StatusCode)
	}
	return got
}
