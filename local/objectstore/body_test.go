package objectstore

import (
	"bufio"
	"bytes"
	"net"
	"net/http"
	"strings"
	"testing"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

func TestABodyThatBreaksOffLeavesNothing(t *testing.T) {
	s := start(t)
	body := bytes.Repeat([]byte("b"), 5<<20)

	t.Run("putObject", func(t *testing.T) {
		signed := s.presignPut("johndoe/1", body)
		s.breakOff(t, signed, body).want(t, "half a body", 400, "IncompleteBody")
		s.send(signed, body).want(t, "all of it, by the same URL", 200, "")
	})
	t.Run("uploadPart", func(t *testing.T) {
		path := s.beginUpload("johndoe/2")
		signed := s.presign(s.upload, "PUT", path+"&partNumber=1")
		s.breakOff(t, signed, body).want(t, "half a part", 400, "IncompleteBody")
		listed := s.send(s.presign(s.upload, "GET", path), nil)
		if strings.Contains(string(listed.body), "<Part>") {
			t.Errorf("S3 lists the part that broke off: %s", listed.body)
		}
	})
}

// breakOff announces the body, sends half of it, and sends no more.
func (s *started) breakOff(t *testing.T, r *v4.PresignedHTTPRequest, body []byte) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), r.Method, r.URL, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range r.SignedHeader {
		req.Header[name] = values
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var message bytes.Buffer
	if err := req.Write(&message); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write(message.Bytes()[:message.Len()-len(body)/2]); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), req)
	if err != nil {
		t.Fatal(err)
	}
	return s.read(resp)
}
