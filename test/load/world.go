package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"golang.org/x/time/rate"

	"example.com/presigned/client"
	"example.com/presigned/test/harness"
	"example.com/presigned/test/leaks"
	"example.com/presigned/test/users"
)

// world is the stack, its users, and the results.
type world struct {
	options options
	dir     string // temporary
	server  *harness.Program
	store   users.Store
	search  leaks.Search
	log     *os.File // the stack's output, and its refusals
	results results
	http    *http.Client // one set of connections for all users
	users   []*user
	free    chan *user // the users without a running action

	began   time.Time
	ended   time.Duration
	samples []sample
}

func newWorld(ctx context.Context, o options) (_ *world, err error) {
	w := &world{options: o, results: results{kinds: map[string]kind{}}, free: make(chan *user, o.users)}
	if w.dir, err = os.MkdirTemp("", "presigned-load-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	// It is appended to, because several writers use it.
	if w.log, err = os.OpenFile(harness.Build("load/local.log"), os.O_CREATE|os.O_TRUNC|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		return nil, err
	}
	w.server, err = harness.RunProgram(w.log, "local-assembly", "--data", filepath.Join(w.dir, "data"), "--outputs", w.outputs())
	if err != nil {
		return nil, fmt.Errorf("%w, see build/load/local.log", err)
	}
	w.search.Know("a secret key", w.server.SecretAccessKey)
	w.search.Know("a password", w.server.Password)
	w.http = client.NewHTTPClient(4) // few connections, so that all are open after the warm-up
	w.http.Transport = &witness{next: w.http.Transport, world: w}
	w.store = users.NewStore(w.server.S3URL, w.server.Region, w.server.AccessKeyID, w.server.SecretAccessKey, w.server.Bucket)
	return w, w.addUsers(ctx)
}

// outputs is the outputs file of the local run.
func (w *world) outputs() string { return filepath.Join(w.dir, "outputs.json") }

func (w *world) root() aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider(w.server.AccessKeyID, w.server.SecretAccessKey, "")
}

// addUsers creates the users as an administrator does. Some have names that need encoding in a key.
func (w *world) addUsers(ctx context.Context) error {
	admin := cognito.New(cognito.Options{Region: w.server.Region, BaseEndpoint: &w.server.CognitoURL, Credentials: w.root()})
	for i := range w.options.users {
		name := fmt.Sprintf([]string{"user-%02d", "user-%02d", "team/user-%02d", "\u00fcser+%02d@example.com"}[i%4], i)
		u, err := newUser(w, name, uint64(i))
		if err != nil {
			return err
		}
		if err := errors.Join(harness.MakeUser(ctx, admin, w.server.UserPoolID, name, u.password), u.signIn(ctx)); err != nil {
			return err
		}
		w.users = append(w.users, u)
		w.free <- u
	}
	return nil
}

// live starts actions at a steady rate until the run is over or ctx ends, and waits for them to end.
func (w *world) live(ctx context.Context) {
	w.warm(ctx)
	ctx, cancel := context.WithTimeout(ctx, w.options.duration)
	defer cancel()
	w.began = time.Now()
	var watching, acting sync.WaitGroup
	watching.Go(func() { w.watch(ctx) })
	for due := rate.NewLimiter(rate.Limit(w.options.rate), 1); due.Wait(ctx) == nil; {
		acting.Go(func() { w.act(context.WithoutCancel(ctx)) })
	}
	watching.Wait()
	w.ended = time.Since(w.began)
	acting.Wait()
}

// warm asks for so many URLs at the same time that the functions have as many processes as they ever will. So their number
// does not grow during the run.
func (w *world) warm(ctx context.Context) {
	var asking sync.WaitGroup
	for range 4 {
		for _, u := range w.users {
			asking.Go(func() { _, _ = u.presign(ctx, w.server.UploadURL, `{}`) })
			asking.Go(func() { _, _ = u.presign(ctx, w.server.DownloadURL, `{"operation":"listObjectsV2"}`) })
		}
	}
	asking.Wait()
}

// actionPatience is how long one action may take, so that a stack that hangs doesn't hang this program.
const actionPatience = 2 * time.Minute

// act runs one action as the next free user.
func (w *world) act(ctx context.Context) {
	u := <-w.free
	defer func() { w.free <- u }()
	ctx, cancel := context.WithTimeout(ctx, actionPatience)
	defer cancel()
	a := users.Draw(u.actions(), u.random)
	err := u.Act(ctx, a, u.random)
	if err == nil {
		err = u.tidy(ctx)
	}
	w.results.add(a.Name, err)
}

// finish compares the objects in the bucket with what was reported to the users, and searches the stack's output for secrets.
func (w *world) finish(ctx context.Context) {
	all := make([]*users.User, len(w.users))
	for i, u := range w.users {
		u.Finish(ctx)
		all[i] = u.User
	}
	for _, wrong := range users.Check(ctx, w.store, all...) {
		w.results.wrong("at the end", errors.New(wrong))
	}
	text, err := os.ReadFile(w.log.Name())
	if err != nil {
		w.results.wrong("search", err)
	}
	w.results.searched = bytes.Count(text, []byte("\n"))
	for _, leak := range w.search.Text("the local run or a refusal", string(text)) {
		w.results.wrong("a secret", errors.New(leak))
	}
}

func (w *world) close() {
	if w.server != nil {
		w.server.Stop()
	}
	_ = w.log.Close()
	_ = os.RemoveAll(w.dir) // a temporary folder
}
