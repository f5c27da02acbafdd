package settings

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

// People and scripts set these: their names are a promise.
func TestTheNamesOfSettings(t *testing.T) {
	dir := t.TempDir()
	two := write(t, filepath.Join(dir, "two.json"), `{"dev": {"UploadUrl": "U", "Region": "R", "UserPoolId": "P", "AppClientId": "A"}, "prod": {}}`)
	got, err := Load(Source{Dir: dir, Env: env("PRESIGNED_OUTPUTS", two, "PRESIGNED_STACK", "dev", "PRESIGNED_DOWNLOAD_URL", "D", "PRESIGNED_DELETE_URL", "X", "PRESIGNED_COGNITO_URL", "C")})
	if want := (Settings{"U", "D", "X", "R", "P", "A", "C", two, "dev"}); err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	got, err = Load(Source{Dir: dir, Env: env("PRESIGNED_UPLOAD_URL", "U", "PRESIGNED_REGION", "R", "PRESIGNED_USER_POOL_ID", "P", "PRESIGNED_APP_CLIENT_ID", "A")})
	if want := (Settings{"U", "", "", "R", "P", "A", "", "", ""}); err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestAStackIsRememberedByItsNameOrItsUserPool(t *testing.T) {
	var k Known
	k.Add(Settings{UserPoolID: "P", AppClientID: "A"})
	if _, ok := k.Stacks["P"]; !ok || k.Last != "P" {
		t.Errorf("got %+v, want the stack under its user pool", k)
	}
	k.Add(Settings{UserPoolID: "P", AppClientID: "A", CognitoURL: "C", Stack: "dev"})
	if s, ok := k.Stacks["dev"]; !ok || k.Last != "dev" || len(k.Stacks) != 2 || !s.Local() || s.Name() != "P/A/C" {
		t.Errorf("got %+v, want the stack under its name too", k)
	}
	if (Settings{}).Local() {
		t.Error("a stack without another Cognito is taken for the local run")
	}
}

func TestWhatIsKnownMayBeMissingOrUnreadable(t *testing.T) {
	unreadable := errors.New("unreadable")
	none := func() (Known, error) { return Known{}, nil }
	for name, test := range map[string]struct {
		known func() (Known, error)
		stack string
		want  error
		words string
	}{
		"nothing is known":                   {none, "", ErrNone, "no earlier sign-in"},
		"a stack is named, nothing is known": {none, "dev", ErrNone, "missing --upload-url"},
		"it cannot be read":                  {func() (Known, error) { return Known{}, unreadable }, "", unreadable, "unreadable"},
	} {
		if _, err := Load(Source{Dir: t.TempDir(), Env: env(), Known: test.known, Stack: test.stack}); !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.words) {
			t.Errorf("%s: got %v, want %v with %q", name, err, test.want, test.words)
		}
	}
}
