package function

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// runtimeAPI is the Lambda Runtime API (2018-06-01) for one process. It is lean so that the measured times are the
// process's own: one write for an event, one read for an answer, no router.
type runtimeAPI struct {
	listener net.Listener
	polls    chan struct{} // the process asks for an invocation
	events   chan []byte   // for the pending poll
	answers  chan answer
}

type answer struct {
	at   time.Time // when all of it was read
	path string    // ends in /response, or in /error
	body []byte
	err  error
}

func serveRuntimeAPI() (*runtimeAPI, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	api := &runtimeAPI{
		listener: listener,
		polls:    make(chan struct{}, 1), events: make(chan []byte, 1), answers: make(chan answer, 1),
	}
	go api.accept()
	return api, nil
}

// accept ends with the listener. A process may open several connections: Node's agent does.
func (api *runtimeAPI) accept() {
	for {
		conn, err := api.listener.Accept()
		if err != nil {
			return
		}
		go api.serve(conn)
	}
}

// serve ends with the process, which closes its connection.
func (api *runtimeAPI) serve(conn net.Conn) {
	defer conn.Close()
	for r := bufio.NewReader(conn); ; {
		request, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		if request.Method == http.MethodGet {
			err = api.serveNext(conn)
		} else {
			err = api.serveAnswer(conn, request)
		}
		if err != nil {
			return
		}
	}
}

func (api *runtimeAPI) serveNext(conn net.Conn) error {
	api.polls <- struct{}{}
	event, open := <-api.events
	if !open {
		return io.EOF
	}
	const requestID = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
	message := fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: %s\r\n"+
		"Lambda-Runtime-Deadline-Ms: %d\r\nLambda-Runtime-Trace-Id: Root=1-5e66d96f-7491f09dfc6e4d18acf3d050;Sampled=0\r\n"+
		"Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-west-1:123456789012:function:UploadSigner\r\n"+
		"Content-Length: %d\r\n\r\n%s", requestID, time.Now().Add(3*time.Second).UnixMilli(), len(event), event)
	_, err := conn.Write(message)
	return err
}

func (api *runtimeAPI) serveAnswer(conn net.Conn, request *http.Request) error {
	body, err := io.ReadAll(request.Body)
	api.answers <- answer{at: time.Now(), path: request.URL.Path, body: body, err: err}
	const accepted = `{"status":"OK"}`
	_, err = fmt.Fprintf(conn, "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(accepted), accepted)
	return err
}

func (api *runtimeAPI) close() {
	close(api.events)
	api.listener.Close()
}

func (a answer) failed() bool { return a.err != nil || !strings.HasSuffix(a.path, "/response") }
