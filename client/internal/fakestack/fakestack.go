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

// Token is the access token that the endpoint accepts at first, and that the user pool gives. Its claims name the user johndoe.
const Token = "e30.eyJ1c2VybmFtZSI6ImpvaG5kb2UiLCJleHAiOjQwMDAwMDAwMDB9.c2lnbmF0dXJl" //nolint:gosec // a made-up one

// Stack is the endpoint, the bucket and the user pool. URL is the user pool's base URL.
type Stack struct {
	URL                               string
	UploadURL, DownloadURL, DeleteURL string       // the routes of the endpoint
	Connections                       atomic.Int64 // opened so far

	// What the stage offers, and how it behaves. Set before use, or by Change.
	NoMultipart, NoDownloads bool
	PartSize                 int64  // bytes
	MaxUploadBytes           int64  // 0: no bound
	MaxBatch                 int    // operations of one request; 0: 100
	ShortLived               int    // how many of the next URLs expire after 20 s
	AccessToken              string // that the endpoint accepts
	RepeatKey                bool   // the next key is the last one again, as for two requests in one millisecond
	ListPage                 int    // entries of one page of listParts and listObjectsV2; 0: 1000

	// MayList gives the URLs' signer s3:ListBucket for every key, which our roles do not have: then S3
	// answers 404 to a GET of a missing key. Without it the answer is 403.
	MayList bool

	mu      sync.Mutex
	serial  int
	stored  int
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
	ask
	headers map[string]string
	dead    Fault // the answer to every use; nil: it is valid
}

// Start serves a stack until the test ends.
func Start(t testing.TB) *Stack {
	t.Helper()
	s := &Stack{
		PartSize: 5 << 20, AccessToken: Token, signed: map[string]grant{}, objects: map[string]*Object{},
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
			s.Connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	s.URL, s.UploadURL, s.DownloadURL, s.DeleteURL = server.URL, server.URL+"/upload", server.URL+"/download", server.URL+"/delete"
	return s
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

// EndURLs ends every URL that was presigned so far. S3 answers each use with the fault: Expired or SessionEnded.
func (s *Stack) EndURLs(answer Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, g := range s.signed {
		g.dead = answer
		s.signed[id] = g
	}
}

func (s *Stack) nextKey(filename string) string {
	s.serial++
	key := fmt.Sprintf("johndoe/%d", 1595114575000+s.serial)
	if filename != "" {
		key += "-" + strings.NewReplacer("_", "__", "/", "_2F_").Replace(filename) // the tests' names need no more
	}
	if s.RepeatKey && s.lastKey != "" {
		s.RepeatKey = false
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
