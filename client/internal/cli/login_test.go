package cli

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/presigned/client/internal/fakestack"
	"example.com/presigned/client/settings"
	"example.com/presigned/client/state"
)

// machine is what the program uses of a machine, with a user pool that grants every sign-in unless it refuses.
type machine struct {
	t      *testing.T
	config string
	env    map[string]string
	calls  []string // to the user pool
	refuse string   // a call that the user pool refuses
	input  string   // standard input
}

func newMachine(t *testing.T) *machine {
	m := &machine{t: t, config: t.TempDir(), input: "password\n"}
	pool := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, call, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		m.calls = append(m.calls, call)
		if call == m.refuse {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprint(w, `{"__type": "NotAuthorizedException", "message": "refused"}`)
			return
		}
		_, _ = fmt.Fprintf(w, `{"AuthenticationResult": {"AccessToken": %q, "RefreshToken": "refresh", "ExpiresIn": 300}}`, fakestack.Token)
	}))
	t.Cleanup(pool.Close)
	m.env = map[string]string{
		"PRESIGNED_UPLOAD_URL": pool.URL, "PRESIGNED_COGNITO_URL": pool.URL, "PRESIGNED_REGION": "eu-west-1",
		"PRESIGNED_USER_POOL_ID": "eu-west-1_Pool", "PRESIGNED_APP_CLIENT_ID": "app",
	}
	return m
}

// run runs a command. It returns the exit code, the result and what else it prints.
func (m *machine) run(args ...string) (code int, result, notices string) {
	m.t.Helper()
	input := filepath.Join(m.t.TempDir(), "input")
	if err := os.WriteFile(input, []byte(m.input), 0o600); err != nil {
		m.t.Fatal(err)
	}
	in, err := os.Open(input)
	if err != nil {
		m.t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	var out, screen bytes.Buffer
	app := &App{
		In: in, Out: &out, Err: &screen, Dir: m.t.TempDir(), ConfigDir: m.config, ConfigErr: errors.New("no home"), Clock: time.Now,
		Env: func(name string) string { return m.env[name] },
	}
	code = app.Run(m.t.Context(), args)
	return code, out.String(), screen.String()
}

// breakStacks puts a folder where the stacks of earlier sign-ins are stored.
func (m *machine) breakStacks() {
	m.t.Helper()
	folder := filepath.Join(m.config, "presigned")
	if err := state.New(folder).With(m.t.Context(), "stacks", time.Minute, func(slot *state.Slot) error {
		return slot.Save(settings.Known{})
	}); err != nil {
		m.t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) != 1 {
		m.t.Fatalf("got %q, %v, want one file", files, err)
	}
	if err := os.Remove(files[0]); err != nil {
		m.t.Fatal(err)
	}
	if err := os.Mkdir(files[0], 0o700); err != nil {
		m.t.Fatal(err)
	}
}

func TestALoginSaysWhoIsSignedInAndIsRemembered(t *testing.T) {
	m := newMachine(t)
	want := `{
  "appClientId": "app",
  "userPoolId": "eu-west-1_Pool",
  "username": "johndoe"
}
`
	if code, got, notices := m.run("login", "john", "--password-stdin", "--json"); code != Done || got != want {
		t.Errorf("got exit code %d, %s%s, want %s", code, got, notices, want)
	}
	m.env = nil
	if code, got, notices := m.run("whoami"); code != Done || got != "johndoe\n" {
		t.Errorf("without settings: got exit code %d, %s%s, want the stack of the sign-in", code, got, notices)
	}
}

func TestALoginThatCannotBeRememberedFails(t *testing.T) {
	m := newMachine(t)
	m.breakStacks()
	if code, got, notices := m.run("login", "john", "--password-stdin"); code != Failed || got != "" || !strings.Contains(notices, "is a directory") {
		t.Errorf("got exit code %d, %s%s, want an error", code, got, notices)
	}
}

func TestAStackThatCannotBeFoundFailsEveryCommand(t *testing.T) {
	for _, command := range [][]string{{"login", "john", "--password-stdin"}, {"logout"}, {"whoami"}, {"list"}} {
		m := newMachine(t)
		m.env = nil
		if code, got, notices := m.run(command...); code != Failed || got != "" || !strings.Contains(notices, "no earlier sign-in") {
			t.Errorf("%s: got exit code %d, %s%s, want that nothing leads to a stack", command[0], code, got, notices)
		}
		m.breakStacks()
		if code, got, notices := m.run(command...); code != Failed || got != "" || !strings.Contains(notices, "is a directory") {
			t.Errorf("%s: got exit code %d, %s%s, want that the stacks cannot be read", command[0], code, got, notices)
		}
	}
}

func TestALogoutEndsTheRefreshTokenOnce(t *testing.T) {
	for flag, want := range map[string]string{"--everywhere=false": "RevokeToken", "--everywhere": "GlobalSignOut"} {
		m := newMachine(t)
		m.run("login", "john", "--password-stdin")
		code, got, notices := m.run("logout", flag)
		if code != Done || got != "signed out\n" || !slices.Equal(m.calls, []string{"InitiateAuth", want}) {
			t.Errorf("%s: got exit code %d, %s%s and calls %v, want %s", flag, code, got, notices, m.calls, want)
		}
		if code, _, notices := m.run("whoami"); code != Failed || !strings.Contains(notices, "not signed in") {
			t.Errorf("%s: then got exit code %d, %s, want no sign-in", flag, code, notices)
		}
	}
}

func TestARefusalOfTheUserPoolFailsTheCommand(t *testing.T) {
	for refuse, test := range map[string]struct {
		args   []string
		want   string
		signIn bool // remains
	}{
		"InitiateAuth":  {[]string{"login", " john ", "--password-stdin"}, `error: sign in as "john": refused`, true},
		"GlobalSignOut": {[]string{"logout", "--everywhere"}, "error: sign out everywhere: refused", true},
		"RevokeToken":   {[]string{"logout"}, "error: signed out on this machine only: revoke the refresh token: refused", false},
	} {
		m := newMachine(t)
		m.run("login", "john", "--password-stdin")
		m.refuse = refuse
		if code, got, notices := m.run(test.args...); code != Failed || got != "" || !strings.Contains(notices, test.want) {
			t.Errorf("%s: got exit code %d, %s%s, want %s", refuse, code, got, notices, test.want)
		}
		if code, _, notices := m.run("whoami"); (code == Done) != test.signIn {
			t.Errorf("%s: then got exit code %d, %s, want signed in %t", refuse, code, notices, test.signIn)
		}
	}
}

func TestAMissingAnswerFailsTheLogin(t *testing.T) {
	const none = "error: standard input has no more lines"
	for input, want := range map[string]string{"": none, "\n": none, "john": none, "john\n\npassword\n": none, "john\r\npassword": ""} {
		m := newMachine(t)
		m.input = input
		code, got, notices := m.run("login", "--password-stdin")
		if (code == Done) != (want == "") || (got == "johndoe\n") != (want == "") || !strings.HasPrefix(notices, want) {
			t.Errorf("%q: got exit code %d, %s%s, want %q", input, code, got, notices, want)
		}
	}
}

func TestWithoutAHomeThereIsNowhereToKeepASignIn(t *testing.T) {
	m := newMachine(t)
	m.config = ""
	if code, got, notices := m.run("login", "john", "--password-stdin"); code != Failed || got != "" || !strings.Contains(notices, "error: nowhere to keep a sign-in: no home") {
		t.Errorf("got exit code %d, %s%s, want an error", code, got, notices)
	}
	m.env = nil
	if code, _, notices := m.run("whoami"); code != Failed || !strings.Contains(notices, "no earlier sign-in") {
		t.Errorf("without settings: got exit code %d, %s, want that there is no earlier sign-in", code, notices)
	}
}

func TestAUserPoolIDIsChecked(t *testing.T) {
	m := newMachine(t)
	m.env["PRESIGNED_USER_POOL_ID"] = "nopool"
	if code, got, notices := m.run("login", "john", "--password-stdin"); code != Failed || got != "" || !strings.Contains(notices, `malformed user pool ID "nopool"`) {
		t.Errorf("got exit code %d, %s%s, want an error", code, got, notices)
	}
}
