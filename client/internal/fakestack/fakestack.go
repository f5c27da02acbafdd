// Package fakestack is an endpoint, an S3 and a user pool in memory, for tests of the client. They fail when a test asks for it.
//
// It keeps the part of the contract that a client could break: each URL works for one operation, with exactly the signed
// headers, until it expires; S3 checks lengths and checksums, and writes a key once. Other tests use the local run. This
// package adds faults at exact places.
//
// Only tests import it.
package fakestack

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// Secret is part of every presigned URL. No output and no error may contain it.
const Secret = "5ecre7516na7ure"

// Token is the access token that the endpoint accepts at first; see Stack.Accept. Its claims name the
// user johndoe.
const Token = "e30.eyJ1c2VybmFtZSI6ImpvaG5kb2UiLCJleHAiOjQwMDAwMDAwMDB9.c2lnbmF0dXJl" //nolint:gosec // a made-up one

// Stack is the endpoint, the bucket and the user pool, whose base URL is the stack's.
type Stack struct {
	URL string

	// What the stage offers. Set before use, or by Change.
	NoMultipart, NoDownloads bool
	PartSize                 int64 // bytes
	MaxUploadBytes           int64 // 0: no bound
	MaxBatch                 int   // operations of one request; 0: 100
	ShortLived               int   // as many of the next URLs end in 20 s
	ListPage                 int   // entries of one page of listParts and listObjectsV2; 0: 1000

	// MayList gives the URLs' signer s3:ListBucket for every key, which our roles do not have: then S3
	// answers 404 to a GET of a missing key. Without it the answer is 403.
	MayList bool

	connections atomic.Int64

	mu      sync.Mutex
	token   string
	serial  int
	stored  int
	repeat  bool
	lastKey string
	signed  map[string]grant // by serial number in the URL
	objects map[string]*Object
	uploads map[string]*upload
	faults  map[string][]Fault
	log     []string
}

// Object is what the bucket holds under a key.
type Object struct {
	Content     []byte
	ContentType string
	Checksum    string // SHA-256 as S3 shows it; empty: none is held

	etag string
}

// grant is one presigned URL.
type grant struct {
	operation string
	key       string
	uploadID  string
	part      int
	headers   map[string]string
	token     string // continuation token
	dead      Fault  // the answer to every use; nil: it is valid
}

// Start serves a stack until the test ends.
func Start(t testing.TB) *Stack {
	t.Helper()
	s := &Stack{
		PartSize: 5 << 20, token: Token, signed: map[string]grant{}, objects: map[string]*Object{},
		uploads: map[string]*upload{}, faults: map[string][]Fault{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /upload", s.endpoint)
	mux.HandleFunc("POST /download", s.endpoint)
	mux.HandleFunc("POST /delete", s.endpoint)
	mux.HandleFunc("/bucket/{key...}", s.s3)
	mux.HandleFunc("POST /{$}", s.userPool)
	server := httptest.NewUnstartedServer(mux)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// UploadURL is the route that presigns uploads.
func (s *Stack) UploadURL() string { return s.URL + "/upload" }

// DownloadURL is the route that presigns downloads.
func (s *Stack) DownloadURL() string { return s.URL + "/download" }

// Connections counts those that were opened so far.
func (s *Stack) Connections() int64 { return s.connections.Load() }

// DeleteURL is the route that presigns deletions.
func (s *Stack) DeleteURL() string { return s.URL + "/delete" }

// Accept changes the access token that the endpoint accepts.
func (s *Stack) Accept(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = token
}

// Change changes what the stage offers while it serves.
func (s *Stack) Change(do func(*Stack)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do(s)
}

// Objects returns what the bucket holds, by key.
func (s *Stack) Objects() map[string]Object {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := map[string]Object{}
	for key, o := range s.objects {
		all[key] = *o
	}
	return all
}

// Put stores an object as another client would.
func (s *Stack) Put(key string, o Object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.store(key, &o)
}

// store gives the object an ETag that no other has.
func (s *Stack) store(key string, o *Object) {
	s.stored++
	o.etag = quoted(fmt.Sprintf("object-%d", s.stored))
	s.objects[key] = o
}

// Uploads counts the multipart uploads that are neither complete nor aborted.
func (s *Stack) Uploads() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.uploads)
}

// Drop aborts all multipart uploads, as the bucket's lifecycle rule does.
func (s *Stack) Drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.uploads)
}

// Log returns the operations in their order: "ask putObject" to the endpoint, "putObject" to S3, "InitiateAuth" to the user pool.
func (s *Stack) Log() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// Count tells how often an operation was called, by its name in the log.
func (s *Stack) Count(name string) (n int) {
	for _, entry := range s.Log() {
		if entry == name {
			n++
		}
	}
	return n
}

// serve logs a request. The next fault planned for it handles it, otherwise next does.
func (s *Stack) serve(name string, w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
	s.mu.Lock()
	s.log = append(s.log, name)
	var fault Fault
	if planned := s.faults[name]; len(planned) > 0 {
		fault, s.faults[name] = planned[0], planned[1:]
	}
	s.mu.Unlock()
	if fault == nil {
		next(w, r)
		return
	}
	fault(w, r, next)
}

// ExpireURLs ends every URL that was presigned so far.
func (s *Stack) ExpireURLs() { s.endURLs(Expired()) }

// EndSession ends the session that every URL so far was signed with.
func (s *Stack) EndSession() { s.endURLs(SessionEnded()) }

func (s *Stack) endURLs(answer Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, g := range s.signed {
		g.dead = answer
		s.signed[id] = g
	}
}

// RepeatKey makes the endpoint give the next key twice, as it does to two requests in one millisecond.
func (s *Stack) RepeatKey() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.repeat = true
}

func (s *Stack) nextKey(filename string) string {
	s.serial++
	key := fmt.Sprintf("johndoe/%d", 1595114575000+s.serial)
	if filename != "" {
		key += "-" + strings.NewReplacer("_", "__", "/", "_2F_").Replace(filename) // the tests' names need no more
	}
	if s.repeat && s.lastKey != "" {
		s.repeat = false
		return s.lastKey
	}
	s.lastKey = key
	return key
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>%s</Message><RequestId>S3REQUEST</RequestId></Error>", code, message) //nolint:gosec // no browser reads it
}

func quoted(s string) string { return `"` + strings.Trim(s, `"`) + `"` }
