package runtimeapi_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"example.com/presigned/lambda/runtimeapi"
)

// serve answers each request with its method, path and body, and counts the connections.
func serve(t *testing.T, handler http.HandlerFunc) (server *httptest.Server, connections func() int) {
	t.Helper()
	var mu sync.Mutex
	count := 0
	server = httptest.NewUnstartedServer(handler)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			mu.Lock()
			count++
			mu.Unlock()
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	return server, func() int {
		mu.Lock()
		defer mu.Unlock()
		return count
	}
}

func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	fmt.Fprintf(w, "%s %s %s", r.Method, r.URL.Path, body)
}

func newClient(server *httptest.Server) *http.Client {
	dialer := http.DefaultTransport.(*http.Transport)
	return &http.Client{Transport: runtimeapi.New(server.Listener.Addr().String(), dialer)}
}

// stream hides the type of a reader, as aws-lambda-go does: its length is unknown.
type stream struct{ io.Reader }

func send(t *testing.T, client *http.Client, method, url, body string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, stream{strings.NewReader(body)})
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestRequestsOneAfterTheOtherShareAConnection(t *testing.T) {
	server, connections := serve(t, echo)
	client := newClient(server)
	for _, body := range []string{"", "a", strings.Repeat("b", 100_000), "c"} {
		if got, want := send(t, client, "POST", server.URL+"/x", body), "POST /x "+body; got != want {
			t.Errorf("got %.50q, want %.50q", got, want)
		}
	}
	if got := connections(); got != 1 {
		t.Errorf("connections: got %d, want 1", got)
	}
}

func TestABodyThatNobodyReadDoesNotReachTheNextRequest(t *testing.T) {
	server, connections := serve(t, echo)
	client := newClient(server)
	response, err := client.Post(server.URL+"/first", "", strings.NewReader(strings.Repeat("a", 50_000)))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	response.Body.Close() // the second time does nothing
	for range 2 {
		if got, want := send(t, client, "POST", server.URL+"/next", "b"), "POST /next b"; got != want {
			t.Errorf("got %.50q, want %q", got, want)
		}
	}
	if got := connections(); got != 1 {
		t.Errorf("connections: got %d, want 1", got)
	}
}

func TestRequestsAtTheSameTimeDoNotWaitForEachOther(t *testing.T) {
	var all sync.WaitGroup
	all.Add(3)
	server, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		all.Done()
		all.Wait() // none is answered before all have come
		echo(w, r)
	})
	client := newClient(server)
	var done sync.WaitGroup
	for i := range 3 {
		done.Go(func() {
			path := fmt.Sprintf("/%d", i)
			if got, want := send(t, client, "POST", server.URL+path, "a"), "POST "+path+" a"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
	done.Wait()
}

func TestAConnectionThatTheServerClosesIsNotKept(t *testing.T) {
	server, connections := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		echo(w, r)
	})
	client := newClient(server)
	for range 2 {
		if got, want := send(t, client, "GET", server.URL+"/x", ""), "GET /x "; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := connections(); got != 2 {
		t.Errorf("connections: got %d, want 2", got)
	}
}

func TestNoOtherHostIsCalled(t *testing.T) {
	server, _ := serve(t, echo)
	other, connections := serve(t, echo)
	for _, url := range []string{other.URL, strings.Replace(server.URL, "http:", "https:", 1)} {
		response, err := newClient(server).Post(url, "", strings.NewReader("a"))
		if err == nil {
			response.Body.Close()
			t.Errorf("%s: got an answer, want an error", url)
		}
	}
	if got := connections(); got != 0 {
		t.Errorf("connections to the other: got %d, want 0", got)
	}
}

func TestARequestEndsWithItsContext(t *testing.T) {
	arrived := make(chan struct{})
	server, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		<-arrived
		cancel()
	}()
	response, err := newClient(server).Do(request)
	if err == nil {
		response.Body.Close()
		t.Error("got an answer, want an error")
	}
}

func TestARuntimeAPIThatIsGoneIsAnError(t *testing.T) {
	server, _ := serve(t, echo)
	client := newClient(server)
	send(t, client, "GET", server.URL, "")
	server.Close()
	for range 2 { // on the connection that was kept, and on one that cannot be made
		response, err := client.Post(server.URL, "", strings.NewReader("a"))
		if err == nil {
			response.Body.Close()
			t.Error("got an answer, want an error")
		}
	}
}
