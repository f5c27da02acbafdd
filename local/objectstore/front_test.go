package objectstore

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
)

// A client that reads nothing before it has sent everything, as many do, sees the refusal and not a broken connection.
func TestARefusalReachesAClientThatIsStillSending(t *testing.T) {
	s := start(t, nil)
	body := bytes.Repeat([]byte("b"), 32<<20) // more than the sockets on the way hold
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	head := fmt.Sprintf("PUT /%s/johndoe/1 HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n", s.bucket, conn.RemoteAddr(), len(body))
	for _, part := range [][]byte{[]byte(head), body} {
		if _, err := conn.Write(part); err != nil {
			t.Fatalf("got %v while sending, want to be listened to", err)
		}
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	s.read(response).want(t, "without a signature", 403, "AccessDenied")
}
