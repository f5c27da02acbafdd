package faults

import (
	"errors"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"example.com/presigned/local/stack"
	"example.com/presigned/test/harness"
)

// shared is the stack of all tests: the S3 gateway runs once in a process. Tests that stop it, move its clock or kill its
// functions run alone; rows that leave it in peace run side by side, each with a user and links of its own.
var shared *world

func TestMain(m *testing.M) {
	zerolog.SetGlobalLevel(zerolog.Disabled) // some toxics write to the global log
	flag.Parse()
	if err := flag.Set("test.parallel", "16"); err != nil { // most rows wait for a timer, not for a core
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	w, err := start()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	shared = w
	code := m.Run()
	if err := w.close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	return code
}

// world is a running stack whose clock can be moved, and which can be started again where it was.
type world struct {
	*harness.Stack
	ahead atomic.Int64 // nanoseconds that the stack's clock was moved ahead
	users atomic.Int64
	data  string // objects

	told    *backEnd // of completed uploads
	backEnd *httptest.Server

	mu     sync.RWMutex // of Stack, while it restarts
	before string       // what the stacks before this one have written
}

func start() (*world, error) {
	data, err := os.MkdirTemp("", "faults-")
	if err != nil {
		return nil, err
	}
	w := &world{data: data, told: &backEnd{fails: map[string]int{}, counted: map[string]map[string]bool{}}}
	w.backEnd = httptest.NewServer(w.told)
	w.Stack, err = w.serve(func(*stack.Config) {})
	return w, err
}

// serve starts a stack without throttling, because 50 requests a second for all rows together would make most of them wait.
func (w *world) serve(more func(*stack.Config)) (*harness.Stack, error) {
	return harness.Start("bench/stack-assembly", func(c *stack.Config) {
		c.Now, c.Data = w.now, w.data
		c.Webhook, c.WebhookSecret = w.backEnd.URL, "the soak's"
		more(c)
	})
}

func (w *world) close() error {
	err := w.Close()
	w.backEnd.Close()
	if gone := os.RemoveAll(w.data); err == nil {
		err = gone
	}
	return err
}

// logOf is what the stack, and those before it, have written of a user's objects.
func (w *world) logOf(user string) string {
	w.mu.RLock()
	defer w.mu.RUnlock()
	var b strings.Builder
	for line := range strings.Lines(w.before + w.Log.String()) {
		if strings.Contains(line, "/"+user+"/") || strings.HasPrefix(line, "event "+user+"/") || line == "restart\n" {
			b.WriteString(line)
		}
	}
	return b.String()
}

func (w *world) now() time.Time           { return time.Now().Add(time.Duration(w.ahead.Load())) }
func (w *world) advance(by time.Duration) { w.ahead.Add(int64(by)) }
func host(url string) string              { return strings.Split(strings.TrimPrefix(url, "http://"), "/")[0] }

// restart stops the stack and starts it at the same addresses, with the same data and signing keys.
func (w *world) restart() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	old := w.Stack
	if err := w.Close(); err != nil {
		return err
	}
	w.before += w.Log.String() + "restart\n"
	begin := func() (*harness.Stack, error) {
		return w.serve(func(c *stack.Config) {
			c.Keys, c.API, c.S3, c.Cognito = old.Keys, host(old.APIURL), host(old.S3URL), host(old.CognitoURL)
		})
	}
	fresh, err := begin()
	for tries := 0; errors.Is(err, syscall.EADDRINUSE) && tries < 100; tries++ {
		<-time.After(20 * time.Millisecond) // another program's outgoing connection uses the port for a moment
		fresh, err = begin()
	}
	if err == nil {
		w.Stack = fresh
	}
	return err
}

// token is an access token of that life by the stack's clock.
func (w *world) token(username string, life time.Duration) string {
	w.mu.RLock()
	defer w.mu.RUnlock()
	claims, now := w.Claims(username), w.now()
	claims["iat"], claims["auth_time"], claims["exp"] = now.Unix(), now.Unix(), now.Add(life).Unix()
	return w.Token(claims)
}
