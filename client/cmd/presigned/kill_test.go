package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/fakestack"
	"example.com/presigned/client/internal/session"
	"example.com/presigned/client/signin"
	"example.com/presigned/client/state"
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

func (p *program) command(args ...string) *exec.Cmd {
	c := exec.Command("presigned", args...)
	c.Dir, c.Env = p.dir, p.env
	return c
}

// shell runs a line of shell in which the program is a command.
func (p *program) shell(line string) *exec.Cmd {
	c := exec.Command("sh", "-c", line)
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
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return ": " + string(exit.Stderr)
	}
	return ""
}

// fakeProgram is one that is signed in to a fake stack.
func fakeProgram(t *testing.T) (*program, *fakestack.Stack) {
	t.Helper()
	s := fakestack.Start(t)
	p := newProgram(t, "PRESIGNED_UPLOAD_URL="+s.UploadURL(), "PRESIGNED_DOWNLOAD_URL="+s.DownloadURL(),
		"PRESIGNED_REGION=eu-west-1", "PRESIGNED_USER_POOL_ID=eu-west-1_Pool", "PRESIGNED_APP_CLIENT_ID=app")
	kept := session.New(state.New(filepath.Join(p.dir, "home", "config", "presigned")), "eu-west-1_Pool/app", nil, time.Now)
	if err := kept.Keep(t.Context(), signin.Tokens{AccessToken: fakestack.Token, RefreshToken: "r", ExpiresAt: time.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	return p, s
}

// A SIGKILL at every request of an upload, before the server has acted and after, and the same command
// once more: one object, the bytes sent, and no multipart upload left. The one exception says itself:
// nobody can name an upload whose upload ID was lost with the answer that held it.
func TestAnUploadKilledAnywhereIsResumed(t *testing.T) {
	want := pattern(12 << 20)
	requests := []string{
		// One batch asks for all three parts and the completion.
		"ask createMultipartUpload", "createMultipartUpload", "ask uploadPart", "uploadPart", "uploadPart", "uploadPart", "completeMultipartUpload",
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
				p.killedAt(s, name, nth, acted, args)
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

// killedAt begins an upload and kills it at the nth request of that name.
func (p *program) killedAt(s *fakestack.Stack, name string, nth int, acted bool, args []string) {
	p.t.Helper()
	c := p.command(append([]string{"upload"}, args...)...)
	started := make(chan *os.Process, 1)
	kill := func() { _ = (<-started).Kill() }
	faults := make([]fakestack.Fault, nth, nth+1)
	if acted {
		s.Plan(name, append(faults, fakestack.LoseThen(kill))...)
	} else {
		s.Plan(name, append(faults, fakestack.Stop(kill))...)
	}
	if err := c.Start(); err != nil {
		p.t.Fatal(err)
	}
	started <- c.Process
	if err := c.Wait(); err == nil || c.ProcessState.Exited() {
		p.t.Fatalf("got %v, want it killed at %s", c.ProcessState, name)
	}
}

// Twenty kills at moments drawn at random, while parts go side by side; an upload that comes through
// before its kill is followed by the next.
func TestUploadsKilledTwentyTimesAtRandomAreResumed(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long: make test-long runs it")
	}
	want := pattern(40 << 20)
	p, s := fakeProgram(t)
	p.file("large", want)
	for kills := 0; kills < 20; {
		if p.killedAfter(time.Duration(rand.IntN(150))*time.Millisecond, "upload", "large", "--parallel", "4") {
			kills++
		}
	}
	p.uploaded("large")
	for key, o := range s.Objects() {
		if !bytes.Equal(o.Content, want) {
			t.Errorf("%s: %d bytes, not those sent", key, len(o.Content))
		}
	}
}

// A SIGKILL in the middle of each of three runs, with sixteen files on their way, and the same command once more.
func TestAFolderKilledThreeTimesIsStoredOnce(t *testing.T) {
	const files = 1000
	p, s := fakeProgram(t)
	if err := os.Mkdir(filepath.Join(p.dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	for i := range files {
		p.file(fmt.Sprintf("folder/%04d.txt", i), []byte(fmt.Sprint(i)))
	}
	for n, acted := range []bool{true, false, true} {
		p.killedAt(s, "putObject", 100*(n+1), acted, []string{"folder"})
	}
	before := s.Count("putObject")
	out, err := p.command("upload", "folder").Output()
	if err != nil {
		t.Fatalf("%v%s", err, stderrOf(err))
	}
	if n := bytes.Count(out, []byte("\n")); n != files {
		t.Errorf("printed %d keys, want %d", n, files)
	}
	if sent := s.Count("putObject") - before; sent > files-600+3*client.DefaultParallel {
		t.Errorf("sent %d files in the end, although 600 were stored", sent)
	}
	contents := map[string]int{}
	for _, o := range s.Objects() {
		contents[string(o.Content)]++
	}
	if len(s.Objects()) != files || len(contents) != files {
		t.Errorf("got %d objects of %d files, want each of %d once", len(s.Objects()), len(contents), files)
	}
}
