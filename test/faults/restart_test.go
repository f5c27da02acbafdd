package faults

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"example.com/presigned/client"
	"example.com/presigned/test/harness"
)

// process is the local run as people start it, in a process of its own.
type process struct {
	*world
	program *harness.Program
	temp    string // for what it leaves when it is killed
}

// run starts the local run with a kept folder of data; the addresses are free ones the first time.
func (p *process) run(t *testing.T) {
	t.Helper()
	api, s3, cognito := "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0"
	if p.Stack != nil {
		api, s3, cognito = p.addresses()
	}
	var err error
	p.program, err = harness.RunProgram(io.Discard, []string{"TMPDIR=" + p.temp}, "--data", filepath.Join(p.data, "data"),
		"--outputs", filepath.Join(p.data, "outputs.json"), "--api", api, "--s3", s3, "--cognito", cognito)
	if err != nil {
		t.Fatal(err)
	}
	p.Stack = &harness.Stack{Summary: p.program.Summary}
}

// kill ends it without a chance to tidy up.
func (p *process) kill() { p.program.Kill() }

// signIn gives the client a token of the user pool that runs now: it has forgotten the one before.
func (r *rig) signIn() {
	r.t.Helper()
	tokens, err := r.pool(time.Now).SignIn(r.t.Context(), r.w.Username, r.w.Password, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	r.Config.Token = func(context.Context) (string, error) { return tokens.AccessToken, nil }
}

// The local run is killed while a part is under way and again while the parts are joined. With --data it keeps what it
// had: the upload says that the connection was refused, and the same call continues it.
func TestTheLocalRunKilledAndStartedAgainLosesAndDoublesNothing(t *testing.T) {
	temp, err := os.MkdirTemp("", "") // not the test's own folder: the path of a unix socket has 104 bytes on macOS
	if err != nil {
		t.Fatal(err)
	}
	p := &process{world: &world{data: t.TempDir()}, temp: temp}
	t.Cleanup(func() { _ = os.RemoveAll(temp) })
	p.run(t)
	t.Cleanup(func() { p.kill() })
	r := p.rig(t, func(c *client.Config) { c.Tries, c.Parallel = 3, 1 })
	r.user = p.Username
	r.signIn()
	r.file("small", content(1, smallBytes))
	r.file("large", content(2, largeBytes))
	small, err := r.upload(t.Context(), "small")
	if err != nil {
		t.Fatal(err)
	}

	var key string
	for _, row := range []struct {
		operation string
		acts      []act
	}{
		{"uploadPart", []act{nil, meanwhile(p.kill)}},
		{"completeMultipartUpload", []act{lost(p.kill)}},
	} {
		r.s3.gate.at(row.operation, row.acts...)
		_, err = r.upload(t.Context(), "large")
		var kept *client.Resumable
		if !errors.As(err, &kept) || !isBroken(err) {
			t.Fatalf("killed at %s: got %v, want that no connection holds and the upload is kept", row.operation, err)
		}
		if key != "" && kept.Key != key {
			t.Errorf("killed at %s: the upload is of %q, was of %q", row.operation, kept.Key, key)
		}
		key = kept.Key
		r.s3.gate.acting.Wait() // for the kill to be over
		p.run(t)
		r.signIn()
	}
	got, err := r.upload(t.Context(), "large")
	if err != nil || got.Key != key {
		t.Fatalf("got %+v, %v, want %q continued", got, err, key)
	}
	r.fetched(got.Key, content(2, largeBytes))
	r.fetched(small.Key, content(1, smallBytes))
	r.sound(2)
}

func isBroken(err error) bool {
	var broken *client.Broken
	return errors.As(err, &broken)
}
