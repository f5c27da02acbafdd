package main

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"example.com/presigned/client/internal/fakestack"
)

// conversation is the program on a terminal, and what a person sees and types.
type conversation struct {
	t      *testing.T
	c      *exec.Cmd
	tty    *os.File
	screen bytes.Buffer
	seen   int // bytes of the screen up to the last text that was waited for
}

// patience bounds the wait for the program's next output.
const patience = 30 * time.Second

// converse runs the program below a shell. When the first process of a terminal ends, Linux may discard output that was
// not read yet, so the shell waits for a last line.
func converse(t *testing.T, c *exec.Cmd) *conversation {
	t.Helper()
	c.Args = append([]string{"sh", "-c", `trap : INT; "$@"; echo "exit=$?"; read -r _`, "sh", c.Path}, c.Args[1:]...)
	c.Path = "/bin/sh"
	tty, err := pty.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tty.Close() })
	if err := tty.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return &conversation{t: t, c: c, tty: tty}
}

// sees reads the screen until it shows the text after what was seen before.
func (c *conversation) sees(text string) {
	c.t.Helper()
	buffer := make([]byte, 1024)
	for {
		if i := strings.Index(c.screen.String()[c.seen:], text); i >= 0 {
			c.seen += i + len(text)
			return
		}
		n, err := c.tty.Read(buffer)
		c.screen.Write(buffer[:n])
		if err != nil {
			c.t.Fatalf("waiting for %q: %v: screen:\n%s", text, err, c.screen.String())
		}
	}
}

func (c *conversation) types(text string) {
	c.t.Helper()
	if _, err := c.tty.WriteString(text); err != nil {
		c.t.Fatal(err)
	}
}

// answers types a line after each prompt.
func (c *conversation) answers(promptsAndLines ...string) {
	c.t.Helper()
	for pair := range slices.Chunk(promptsAndLines, 2) {
		c.sees(pair[0])
		c.types(pair[1] + "\n")
	}
}

// ends reads the rest and returns the exit code.
func (c *conversation) ends() int {
	c.t.Helper()
	c.sees("exit=")
	begin := c.seen
	c.sees("\r")
	code, err := strconv.Atoi(strings.TrimSpace(c.screen.String()[begin:c.seen]))
	if err != nil {
		c.t.Fatal(err)
	}
	c.types("\n")
	_ = c.c.Wait()
	return code
}

// The same person in a terminal needs one command: it asks for the name and the password, shows only
// the name, and uploads.
func TestOneCommandSignsInAndUploads(t *testing.T) {
	l := startLocalRun(t)
	p := newProgram(t, "PRESIGNED_OUTPUTS="+l.OutputsFile)
	p.file("hello.txt", []byte("hello"))
	c := converse(t, p.command("upload", "hello.txt"))
	c.answers("Username: ", l.Username, "Password of "+l.Username+": ", l.Password)
	c.sees("hello.txt")
	if code := c.ends(); code != 0 {
		t.Errorf("got exit code %d: screen:\n%s", code, c.screen.String())
	}
	if screen := c.screen.String(); strings.Contains(screen, l.Password) || !strings.Contains(screen, "Username: "+l.Username) {
		t.Errorf("want the name shown, and not the password: screen:\n%s", screen)
	}
}

func TestANewPasswordIsTypedTwice(t *testing.T) {
	l := startLocalRun(t)
	const own = "My-0wn-password-is-long"
	for username, again := range map[string]string{"alice": own, "bert": own + "er"} {
		want := map[bool]string{false: "the two new passwords differ"}[again == own]
		p := newProgram(t, "PRESIGNED_OUTPUTS="+l.OutputsFile, "PRESIGNED_USERNAME="+username)
		if err := l.create(username); err != nil {
			t.Fatal(err)
		}
		c := converse(t, p.command("login"))
		c.answers("Password of ", temporary)
		c.sees("choose one of your own")
		c.answers("New password: ", own, "New password again: ", again)
		if code := c.ends(); (code == 0) != (want == "") || !strings.Contains(c.screen.String(), want) {
			t.Errorf("got exit code %d, want %q: screen:\n%s", code, want, c.screen.String())
		}
		if strings.Contains(c.screen.String(), own) {
			t.Errorf("a password was shown: screen:\n%s", c.screen.String())
		}
	}
}

func TestCtrlCAtThePasswordEndsAndBringsTheEchoBack(t *testing.T) {
	l := startLocalRun(t)
	p := newProgram(t, "PRESIGNED_OUTPUTS="+l.OutputsFile)
	// The shell asks the terminal whether it echoes, as the person's next command would find it.
	c := converse(t, p.exec("sh", "-c", "trap : INT; presigned login johndoe; echo exit=$? echoes=$(stty -a | grep -c ' echo ')"))
	c.sees("Password of johndoe: ")
	c.types("\x03")
	c.sees("exit=1 echoes=1")
	c.ends()
	if !strings.Contains(c.screen.String(), "error: interrupted") {
		t.Errorf("screen:\n%s", c.screen.String())
	}
}

// After Ctrl-C while it sends parts, S3 keeps the complete ones, and the error says so.
func TestCtrlCLeavesAnUploadThatCanBeResumed(t *testing.T) {
	p, s := fakeProgram(t)
	want := fakestack.Content(1, 10<<20+100)
	p.file("large", want)
	reached := make(chan struct{})
	s.Plan("uploadPart", nil, fakestack.After(func() { close(reached) }, fakestack.Silent()))
	c := converse(t, p.command("upload", "large", "--multipart-above", "1000", "--parallel", "1"))
	<-reached
	c.types("\x03")
	if code := c.ends(); code != 1 {
		t.Errorf("got exit code %d, want 1", code)
	}
	for _, line := range []string{`error: upload "large": S3 holds at least 5242880 of 10485860 bytes: interrupted`, `hint: the same command continues it; "presigned upload --abort large" aborts it`} {
		if !strings.Contains(c.screen.String(), line) {
			t.Errorf("got no %q: screen:\n%s", line, c.screen.String())
		}
	}
	key := p.uploaded("large")
	if got := s.Objects(); len(got) != 1 || !bytes.Equal(got[key].Content, want) {
		t.Errorf("got %d objects, %d bytes", len(got), len(got[key].Content))
	}
}

// Ctrl-C ends a download even if its output is not read.
func TestCtrlCEndsADownloadWhoseOutputIsNotRead(t *testing.T) {
	p, s := fakeProgram(t)
	s.Put("johndoe/1", fakestack.Object{Content: fakestack.Content(1, 1<<20)})
	c := p.command("download", "johndoe/1", "-o", "-")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil { // a pipe takes less than the rest
		t.Fatal(err)
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	kill := time.AfterFunc(patience, func() { _ = c.Process.Kill() })
	defer kill.Stop()
	if state, err := c.Process.Wait(); err != nil || state.ExitCode() != 1 {
		t.Errorf("got %v, %v, want exit code 1", state, err)
	}
}

// A bar with the files' names, and a summary that leaves out what S3 held already.
func TestATerminalShowsABarAndASummary(t *testing.T) {
	p, s := fakeProgram(t)
	p.file("large", fakestack.Content(1, 10<<20+100))
	p.file("small", fakestack.Content(1, 100))
	s.Plan("uploadPart", nil, fakestack.Refuse(403, "AccessDenied", "Access Denied"))
	args := []string{"upload", "large", "small", "--multipart-above", "1000", "--parallel", "1"}
	if err := p.command(args...).Run(); err == nil {
		t.Fatal("got no failure of the first run")
	}
	ready := make(chan struct{})
	s.Plan("uploadPart", fakestack.First(func() { <-ready }))
	c := converse(t, p.command(args...))
	c.sees("1 of 2 files, ")
	c.sees("%")
	close(ready)
	c.sees("johndoe/")
	if code := c.ends(); code != 0 {
		t.Errorf("got exit code %d", code)
	}
	if summary := regexp.MustCompile(`2 of 2 files, 5\.0 MiB in [0-9.]+m?s, [0-9.]+ [KMG]iB/s; 5\.0 MiB were there already`); !summary.MatchString(c.screen.String()) {
		t.Errorf("got no %s: screen:\n%s", summary, c.screen.String())
	}
}
