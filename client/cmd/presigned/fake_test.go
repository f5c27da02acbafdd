package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"example.com/presigned/client/internal/fakestack"
	"example.com/presigned/client/internal/session"
	"example.com/presigned/client/signin"
	"example.com/presigned/client/state"
)

// The transcripts of testdata/fake show the program against a stack that fails on command. Beside the
// commands of testscript they have:
//
//	signed-in [expired]     puts tokens where "presigned login" would
//	stage OPTION...         no-multipart, no-downloads, small (1000 bytes), pages (of two objects)
//	plan NAME FAULT         makes the next request NAME of the stack's log meet a fault
//	object KEY FILE         stores an object as another client would, without a checksum
//	bytes FILE N            writes a file of N bytes
//	stored KEY FILE         checks an object
//	exits CODE PROGRAM...   checks an exit code
//	holds OBJECTS UPLOADS   counts objects, and multipart uploads that are not complete
//	calls NAME N            counts the requests of that name
func TestTranscripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/fake",
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE_TRANSCRIPTS") != "", // rewrites the expected output, to be read then
		Setup:               func(e *testscript.Env) error { return startFake(t, e) },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"signed-in": signedIn, "stage": stage, "plan": plan, "object": object,
			"bytes": writeBytes, "stored": stored, "holds": holds, "calls": calls, "exits": exits,
		},
	})
}

type stackKey struct{}

func startFake(t *testing.T, e *testscript.Env) error {
	s := fakestack.Start(t)
	e.Values[stackKey{}] = s
	home(e)
	for name, value := range map[string]string{
		"PRESIGNED_UPLOAD_URL": s.UploadURL, "PRESIGNED_DOWNLOAD_URL": s.DownloadURL, "PRESIGNED_DELETE_URL": s.DeleteURL, "PRESIGNED_REGION": "eu-west-1",
		"PRESIGNED_USER_POOL_ID": "eu-west-1_Pool", "PRESIGNED_APP_CLIENT_ID": "app", "PRESIGNED_COGNITO_URL": s.URL,
	} {
		e.Setenv(name, value)
	}
	return nil
}

// home gives the program folders of its own.
func home(e *testscript.Env) {
	e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
	e.Setenv("XDG_CONFIG_HOME", filepath.Join(e.WorkDir, "home", "config"))
	e.Setenv("XDG_CACHE_HOME", filepath.Join(e.WorkDir, "home", "cache"))
}

func fake(ts *testscript.TestScript) *fakestack.Stack {
	return ts.Value(stackKey{}).(*fakestack.Stack)
}

func signedIn(ts *testscript.TestScript, _ bool, args []string) {
	left := time.Hour
	if slices.Contains(args, "expired") {
		left = -left
	}
	ts.Check(storeTokens(context.Background(), ts.Getenv("XDG_CONFIG_HOME"), ts.Getenv("PRESIGNED_COGNITO_URL"), left))
}

// storeTokens stores the tokens of a sign-in to a fake stack, whose pool may be at a URL of its own.
func storeTokens(ctx context.Context, config, cognitoURL string, left time.Duration) error {
	name := strings.TrimSuffix("eu-west-1_Pool/app/"+cognitoURL, "/")
	s := session.New(state.New(filepath.Join(config, "presigned")), name, nil, time.Now)
	return s.Keep(ctx, signin.Tokens{AccessToken: fakestack.Token, RefreshToken: "refresh", ExpiresAt: time.Now().Add(left)})
}

func stage(ts *testscript.TestScript, _ bool, options []string) {
	fake(ts).Change(func(s *fakestack.Stack) {
		s.NoMultipart = slices.Contains(options, "no-multipart")
		s.NoDownloads = slices.Contains(options, "no-downloads")
		s.MaxUploadBytes = map[bool]int64{true: 1000}[slices.Contains(options, "small")]
		s.ListPage = map[bool]int{true: 2}[slices.Contains(options, "pages")]
	})
}

func plan(ts *testscript.TestScript, _ bool, args []string) {
	faults := map[string]fakestack.Fault{
		"none":          nil,
		"cut":           fakestack.Cut(10),
		"cut-answer":    fakestack.CutAnswer(30),
		"lose":          fakestack.Lose(),
		"taken":         fakestack.Refuse(412, "PreconditionFailed", "taken"),
		"session-ended": fakestack.SessionEnded(),
		"slow-down":     fakestack.Refuse(503, "SlowDown", "Please reduce your request rate."),
		"expired":       fakestack.Expired(),
		"denied":        fakestack.Refuse(403, "AccessDenied", "Access Denied"),
		"refused":       fakestack.Problem(400, "NotAuthorizedException", ""), // by the user pool
		"throttled":     fakestack.Problem(429, "Throttled", "more than 10 requests a second"),
		"broken":        fakestack.Problem(500, "InternalError", "internal error"),
		"not-enabled":   fakestack.Problem(403, "OperationNotEnabled", "operation listObjectsV2 is not enabled"),
		"unauthorized":  fakestack.Problem(401, "Unauthorized", "the access token has expired"),
	}
	fault, ok := faults[args[1]]
	if !ok {
		ts.Fatalf("unknown fault %q", args[1])
	}
	fake(ts).Plan(args[0], fault)
}

func object(ts *testscript.TestScript, _ bool, args []string) {
	fake(ts).Put(args[0], fakestack.Object{Content: []byte(ts.ReadFile(args[1])), ContentType: "text/plain"})
}

func writeBytes(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), fakestack.Content(1, n), 0o600))
}

func stored(ts *testscript.TestScript, _ bool, args []string) {
	got, ok := fake(ts).Objects()[args[0]]
	if want := ts.ReadFile(args[1]); !ok || string(got.Content) != want {
		ts.Fatalf("object %q: got %d bytes, want the %d of %s", args[0], len(got.Content), len(want), args[1])
	}
}

func holds(ts *testscript.TestScript, _ bool, args []string) {
	got := fmt.Sprintf("%d %d", len(fake(ts).Objects()), fake(ts).Uploads())
	if want := args[0] + " " + args[1]; got != want {
		ts.Fatalf("objects and uploads: got %s, want %s", got, want)
	}
}

func calls(ts *testscript.TestScript, _ bool, args []string) {
	if got := strconv.Itoa(fake(ts).Count(args[0])); got != args[1] {
		ts.Fatalf("calls of %s: got %s, want %s", args[0], got, args[1])
	}
}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok || strconv.Itoa(exit.ExitCode()) != args[0] {
		ts.Fatalf("got %v, want exit code %s", err, args[0])
	}
}
