package objectstore

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// failing is a listener that cannot take a connection once, as when too many files are open.
type failing struct {
	net.Listener
	failed atomic.Bool
}

func (f *failing) Accept() (net.Conn, error) {
	if !f.failed.Swap(true) {
		return nil, syscall.EMFILE
	}
	return f.Listener.Accept()
}

func TestAConnectionThatCannotBeTakenIsNotTheLast(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &front{listener: &failing{Listener: listener}, socket: filepath.Join(t.TempDir(), "none.sock"), conns: map[net.Conn]bool{}}
	ended := make(chan struct{})
	go func() {
		f.serve()
		close(ended)
	}()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) { // taken, and closed: there is no gateway
		t.Errorf("got %v, want the connection to be taken", err)
	}
	select {
	case <-ended:
		t.Error("no connection is taken any more")
	default:
	}
	if err := f.close(); err != nil {
		t.Error(err)
	}
	<-ended
}

// A client that reads nothing before it has sent everything, as many do, sees the refusal and not a broken connection.
func TestARefusalReachesAClientThatIsStillSending(t *testing.T) {
	s := start(t)
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
