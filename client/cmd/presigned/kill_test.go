package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/fakestack"
)

// program runs the real program in a home of its own.
type program struct {
	t   *testing.T
	dir string
	env []string
}

func newProgram(t *testing.T, env ...string) *program {
	t.Helper()
	p := &program{t: t, dir: t.TempDir()}
	home := filepath.Join(p.dir, "home")
	p.env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+filepath.Join(home, "config"), "XDG_CACHE_HOME="+filepath.Join(home, "cache"))
	p.env = append(p.env, env...)
	return p
}

func (p *program) command(args ...string) *exec.Cmd { return p.exec("presigned", args...) }

func (p *program) exec(name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Dir, c.Env = p.dir, p.env
	return c
}

func (p *program) file(name string, content []byte) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), content, 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// uploaded runs an upload to its end and returns the key.
func (p *program) uploaded(args ...string) string {
	p.t.Helper()
	out, err := p.command(append([]string{"upload", "--json"}, args...)...).Output()
	if err != nil {
		p.t.Fatalf("upload: %v%s", err, stderrOf(err))
	}
	var document struct{ Uploads []struct{ Key string } }
	if err := json.Unmarshal(out, &document); err != nil || len(document.Uploads) != 1 {
		p.t.Fatalf("got %s, %v, want one upload", out, err)
	}
	return document.Uploads[0].Key
}

func stderrOf(err error) string {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return ": " + string(exit.Stderr)
	}
	return ""
}

// fakeProgram is one that is signed in to a fake stack.
func fakeProgram(t *testing.T) (*program, *fakestack.Stack) {
	t.Helper()
	s := fakestack.Start(t)
	p := newProgram(t, "PRESIGNED_UPLOAD_URL="+s.UploadURL, "PRESIGNED_DOWNLOAD_URL="+s.DownloadURL,
		"PRESIGNED_REGION=eu-west-1", "PRESIGNED_USER_POOL_ID=eu-west-1_Pool", "PRESIGNED_APP_CLIENT_ID=app")
	if err := storeTokens(t.Context(), filepath.Join(p.dir, "home", "config"), "", time.Hour); err != nil {
		t.Fatal(err)
	}
	return p, s
}

// A SIGKILL at every request of an upload, before the server has acted and after, and the same command
// once more: one object, the bytes sent, and no multipart upload left. The one exception is an upload whose ID was lost
// with S3's answer, so that the client can't abort it.
func TestAnUploadKilledAnywhereIsResumed(t *testing.T) {
	want := fakestack.Content(1, 5<<20+100)
	requests := []string{
		// One batch asks for both parts and the completion.
		"ask createMultipartUpload", "createMultipartUpload", "ask uploadPart", "uploadPart", "uploadPart", "completeMultipartUpload",
	}
	seen := map[string]int{}
	for _, name := range requests {
		nth := seen[name]
		seen[name]++
		for _, acted := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s %d acted=%t", name, nth+1, acted), func(t *testing.T) {
				t.Parallel()
				p, s := fakeProgram(t)
				p.file("large", want)
				args := []string{"large", "--multipart-above", "1000", "--parallel", "1"}
				p.killedAt(s, name, nth, acted, append([]string{"upload"}, args...)...)
				key := p.uploaded(args...)
				orphans := 0
				if name == "createMultipartUpload" && acted {
					orphans = 1
				}
				if got := s.Objects(); len(got) != 1 || !bytes.Equal(got[key].Content, want) || s.Uploads() != orphans {
					t.Errorf("got %d objects, %d bytes under %q, %d uploads left", len(got), len(got[key].Content), key, s.Uploads())
				}
			})
		}
	}
}

// killedAt runs the program and kills it at the nth request of that name.
func (p *program) killedAt(s *fakestack.Stack, name string, nth int, acted bool, args ...string) {
	p.t.Helper()
	c := p.command(args...)
	started := make(chan *os.Process, 1)
	kill := func() { _ = (<-started).Kill() }
	faults := make([]fakestack.Fault, nth, nth+1)
	fault := fakestack.Stop(kill)
	if acted {
		fault = fakestack.LoseThen(kill)
	}
	s.Plan(name, append(faults, fault)...)
	if err := c.Start(); err != nil {
		p.t.Fatal(err)
	}
	started <- c.Process
	if err := c.Wait(); err == nil || c.ProcessState.Exited() {
		p.t.Fatalf("got %v, want it killed at %s", c.ProcessState, name)
	}
}

func TestADownloadKilledHalfWayIsResumed(t *testing.T) {
	t.Parallel()
	p, s := fakeProgram(t)
	want := fakestack.Content(1, 32<<20+100) // three ranges
	s.Put("johndoe/1", fakestack.Object{Content: want})
	args := []string{"download", "johndoe/1", "--output", "back", "--parallel", "1"}
	p.killedAt(s, "getObject", 2, false, args...)
	out, err := p.command(append(args, "--json")...).Output()
	if err != nil || !bytes.Contains(out, []byte(`"resumedBytes": 33554432`)) {
		t.Errorf("got %s, %v%s, want two ranges resumed", out, err, stderrOf(err))
	}
	if got, err := os.ReadFile(filepath.Join(p.dir, "back")); err != nil || !bytes.Equal(got, want) {
		t.Errorf("got %d bytes, %v, want the %d stored", len(got), err, len(want))
	}
}

// A SIGKILL in the middle of each of three runs, while it sends sixteen files, and the same command once more.
func TestAFolderKilledThreeTimesIsStoredOnce(t *testing.T) {
	const files = 500
	p, s := fakeProgram(t)
	if err := os.Mkdir(filepath.Join(p.dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	for i := range files {
		p.file(fmt.Sprintf("folder/%04d.txt", i), []byte(fmt.Sprint(i)))
	}
	for n, acted := range []bool{true, false, true} {
		p.killedAt(s, "putObject", 50*(n+1), acted, "upload", "folder")
	}
	before := s.Count("putObject")
	out, err := p.command("upload", "folder").Output()
	if err != nil {
		t.Fatalf("%v%s", err, stderrOf(err))
	}
	if n := bytes.Count(out, []byte("\n")); n != files {
		t.Errorf("printed %d keys, want %d", n, files)
	}
	if sent := s.Count("putObject") - before; sent > files-300+3*client.DefaultParallel {
		t.Errorf("sent %d files in the end, although 300 were stored", sent)
	}
	contents := map[string]int{}
	for _, o := range s.Objects() {
		contents[string(o.Content)]++
	}
	if len(s.Objects()) != files || len(contents) != files {
		t.Errorf("got %d objects of %d files, want each of %d once", len(s.Objects()), len(contents), files)
	}
}
