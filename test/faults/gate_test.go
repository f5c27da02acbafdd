package faults

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"sync"
	"testing"
)

// act handles one request instead of the gate. pass sends a request on.
type act func(w http.ResponseWriter, r *http.Request, pass http.Handler)

// gate sends requests on to one server, unchanged, and counts them. An act handles a request that it is planned for.
type gate struct {
	address string
	pass    http.Handler

	mu      sync.Mutex
	planned map[string]map[int]act // by the operation, or "" for any, and the number of the request, from 0
	seen    map[string]int

	acting sync.WaitGroup // an act may outlast its request
}

func newGate(t testing.TB, target string) *gate {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{address: listener.Addr().String(), pass: passTo(target), planned: map[string]map[int]act{"": {}}, seen: map[string]int{}}
	server := &http.Server{Handler: g, ErrorLog: log.New(io.Discard, "", 0)}
	go server.Serve(listener)
	t.Cleanup(func() { _ = server.Close() })
	return g
}

// passTo keeps the host, which is signed. If the server does not answer, the client gets no answer: a gateway's 502 would be
// another fault.
func passTo(target string) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.Out.URL.Scheme, p.Out.URL.Host, p.Out.Host = "http", target, p.In.Host
		},
		Transport:     &http.Transport{DisableKeepAlives: true, DisableCompression: true},
		FlushInterval: -1,
		ErrorLog:      log.New(io.Discard, "", 0),
		ErrorHandler:  func(w http.ResponseWriter, _ *http.Request, _ error) { hangUp(w) },
	}
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := operationOf(r)
	g.mu.Lock()
	do := g.planned[""][g.seen[""]]
	if named := g.planned[name][g.seen[name]]; named != nil {
		do = named
	}
	g.seen[""]++
	g.seen[name]++
	g.mu.Unlock()
	if do == nil {
		g.pass.ServeHTTP(w, r)
		return
	}
	g.acting.Add(1)
	defer g.acting.Done()
	do(w, r, g.pass)
}

// at plans acts for the next requests of an operation. A nil act sends the request on.
func (g *gate) at(name string, acts ...act) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.planned[name] = map[int]act{}
	for i, a := range acts {
		g.planned[name][g.seen[name]+i] = a
	}
}

// clear removes everything that is planned.
func (g *gate) clear() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.planned = map[string]map[int]act{"": {}}
}

func (g *gate) count(name string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.seen[name]
}

// operationOf names a request as the S3 API or Cognito does; "ask" is one to the endpoint.
func operationOf(r *http.Request) string {
	q := r.URL.Query()
	switch {
	case r.Header.Get("X-Amz-Target") != "":
		_, name, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		return name
	case !q.Has("X-Amz-Signature"):
		return "ask"
	case q.Has("uploads"):
		return "createMultipartUpload"
	case q.Has("list-type"):
		return "listObjectsV2"
	case q.Has("uploadId"):
		return map[string]string{
			http.MethodPut: "uploadPart", http.MethodGet: "listParts", http.MethodPost: "completeMultipartUpload",
			http.MethodDelete: "abortMultipartUpload",
		}[r.Method]
	}
	return map[string]string{http.MethodPut: "putObject", http.MethodGet: "getObject", http.MethodHead: "headObject", http.MethodDelete: "deleteObject"}[r.Method]
}

// s3Refuses answers as S3 does, without acting.
func s3Refuses(status int, code string) act {
	return refuses(status, "application/xml", "<Error><Code>"+code+"</Code><Message>Please reduce your request rate.</Message></Error>")
}

// apiRefuses answers as API Gateway does, without acting.
func apiRefuses(status int) act {
	return refuses(status, "application/json", `{"message": "`+http.StatusText(status)+`"}`)
}

func refuses(status int, contentType, body string) act {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// first does something and lets the request pass.
func first(do func()) act {
	return func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		do()
		pass.ServeHTTP(w, r)
	}
}

// meanwhile does something while the request is under way.
func meanwhile(do func()) act {
	return func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		var wait sync.WaitGroup
		wait.Go(do)
		pass.ServeHTTP(w, r)
		wait.Wait()
	}
}

// unsent does something and hangs up: the server never saw the request.
func unsent(do func()) act {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		do()
		hangUp(w)
	}
}

// lost lets the server act, does something, and hangs up instead of answering.
func lost(do func()) act {
	return func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		pass.ServeHTTP(httptest.NewRecorder(), r)
		do()
		hangUp(w)
	}
}

// silent never answers. It ends when the client gives up.
func silent(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

func nothing() {}

func hangUp(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}

// flipFirstBit flips a bit of the first byte of a file's content. S3 checks no other body.
func flipFirstBit(w http.ResponseWriter, r *http.Request, pass http.Handler) {
	if r.Method == http.MethodPut {
		r.Body = struct {
			io.Reader
			io.Closer
		}{&bitFlipper{r: r.Body}, r.Body}
	}
	pass.ServeHTTP(w, r)
}

type bitFlipper struct {
	r    io.Reader
	done bool
}

func (s *bitFlipper) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if n > 0 && !s.done {
		p[0] ^= 1
		s.done = true
	}
	return n, err
}
