package settings

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const outputs = `{"PresignedUploads-dev": {"UploadUrl": "U", "DownloadUrl": "D", "DeleteUrl": "X", "Region": "R", "UserPoolId": "P", "AppClientId": "A", "LocalCognitoUrl": "C", "ApiUrl": "ignored"}}`

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

type environment map[string]string

func (e environment) get(name string) string { return e[name] }

func TestSettingsComeFromTheFirstThatHasThem(t *testing.T) {
	dir := t.TempDir()
	deep := filepath.Join(dir, "a", "b")
	local := write(t, filepath.Join(dir, "build", "local-outputs.json"), outputs)
	if err := os.MkdirAll(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	two := write(t, filepath.Join(dir, "two.json"), `{"dev": {"UploadUrl": "Udev", "Region": "R", "UserPoolId": "P", "AppClientId": "A"}, "prod": {"UploadUrl": "Uprod", "Region": "R", "UserPoolId": "P", "AppClientId": "A"}}`)
	known := func() (Known, error) {
		var k Known
		for _, name := range []string{"dev", "prod"} {
			k.Add(Settings{"K" + name, "", "", "R", "P", "A", "", "", name})
		}
		return k, nil
	}
	elsewhere := t.TempDir()
	tests := map[string]struct {
		from Source
		want Settings
	}{
		"the last sign-in, in another folder": {Source{Dir: elsewhere, Env: environment{}.get, Known: known}, Settings{"Kprod", "", "", "R", "P", "A", "", "", "prod"}},
		"an earlier sign-in by its name":      {Source{Dir: elsewhere, Env: environment{}.get, Known: known, Stack: "dev"}, Settings{"Kdev", "", "", "R", "P", "A", "", "", "dev"}},
		"the same beside the local run":       {Source{Dir: deep, Env: environment{}.get, Known: known, Stack: "dev"}, Settings{"Kdev", "", "", "R", "P", "A", "", "", "dev"}},
		"the local run before a sign-in":      {Source{Dir: deep, Env: environment{}.get, Known: known}, Settings{"U", "D", "X", "R", "P", "A", "C", local, "PresignedUploads-dev"}},
		"a flag before an earlier sign-in":    {Source{Dir: elsewhere, Env: environment{}.get, Known: known, Flags: map[string]string{"region": "F"}}, Settings{"Kprod", "", "", "F", "P", "A", "", "", "prod"}},

		"the local run, from a folder below": {Source{Dir: deep, Env: environment{}.get}, Settings{"U", "D", "X", "R", "P", "A", "C", local, "PresignedUploads-dev"}},
		"a flag before the outputs":          {Source{Dir: deep, Env: environment{}.get, Flags: map[string]string{"region": "other"}}, Settings{"U", "D", "X", "other", "P", "A", "C", local, "PresignedUploads-dev"}},
		"the environment before the outputs": {Source{Dir: deep, Env: environment{"PRESIGNED_UPLOAD_URL": "E"}.get}, Settings{"E", "D", "X", "R", "P", "A", "C", local, "PresignedUploads-dev"}},
		"a flag before the environment": {Source{Dir: deep, Env: environment{"PRESIGNED_REGION": "E"}.get, Flags: map[string]string{"region": "F"}},
			Settings{"U", "D", "X", "F", "P", "A", "C", local, "PresignedUploads-dev"}},
		"an outputs file named": {Source{Dir: deep, Env: environment{}.get, Outputs: two, Stack: "prod"}, Settings{"Uprod", "", "", "R", "P", "A", "", two, "prod"}},
		// People and scripts set these variables, so their names are a promise.
		"an outputs file of the environment": {Source{Dir: deep, Env: environment{"PRESIGNED_OUTPUTS": two, "PRESIGNED_STACK": "dev", "PRESIGNED_DOWNLOAD_URL": "D",
			"PRESIGNED_DELETE_URL": "X", "PRESIGNED_COGNITO_URL": "C"}.get}, Settings{"Udev", "D", "X", "R", "P", "A", "C", two, "dev"}},
		"the environment alone": {Source{Dir: deep, Env: environment{"PRESIGNED_UPLOAD_URL": "U", "PRESIGNED_REGION": "R", "PRESIGNED_USER_POOL_ID": "P",
			"PRESIGNED_APP_CLIENT_ID": "A"}.get}, Settings{"U", "", "", "R", "P", "A", "", "", ""}},
		"all flags, without a file": {Source{Dir: deep, Env: environment{}.get, Flags: map[string]string{"upload-url": "u", "region": "r", "user-pool-id": "p", "app-client-id": "a"}},
			Settings{"u", "", "", "r", "p", "a", "", "", ""}},
	}
	for name, test := range tests {
		got, err := Load(test.from)
		if err != nil || got != test.want {
			t.Errorf("%s: got %+v, %v, want %+v", name, got, err, test.want)
		}
	}
}

func TestSettingsThatAreMissing(t *testing.T) {
	dir := t.TempDir()
	tests := map[string]struct {
		from Source
		want string
	}{
		"all":                   {Source{}, "missing --upload-url, --region, --user-pool-id, --app-client-id; no build/local-outputs.json"},
		"one":                   {Source{Flags: map[string]string{"upload-url": "u", "region": "r", "user-pool-id": "p"}}, "missing --app-client-id"},
		"the file":              {Source{Outputs: filepath.Join(dir, "none.json")}, "no such file"},
		"the file's JSON":       {Source{Outputs: write(t, filepath.Join(dir, "bad.json"), "[]")}, "want what cdk deploy --outputs-file writes"},
		"the file's stack":      {Source{Outputs: write(t, filepath.Join(dir, "two.json"), `{"a": {}, "b": {}}`)}, "want --stack to be one of a, b"},
		"the stack of the name": {Source{Outputs: filepath.Join(dir, "two.json"), Stack: "c"}, `stack "c": want --stack to be one of a, b`},
		"a sign-in of the name": {Source{Stack: "c", Known: func() (Known, error) { return Known{Stacks: map[string]Settings{"a": {}}}, nil }},
			`stack "c": want --stack to be one of a`},
		"what is known": {Source{Known: func() (Known, error) { return Known{}, errors.New("unreadable") }}, "unreadable"},
		"all, with a stack named": {Source{Stack: "dev", Known: func() (Known, error) { return Known{}, nil }},
			"no stack to talk to: missing --upload-url, --region, --user-pool-id, --app-client-id; no build/local-outputs.json here or above, and no earlier sign-in"},
		"all, with no earlier sign-in": {Source{Known: func() (Known, error) { return Known{}, nil }}, "no stack to talk to: missing --upload-url"},
		"an output":                    {Source{Outputs: filepath.Join(dir, "two.json"), Stack: "a"}, "missing --upload-url"},
	}
	for name, test := range tests {
		test.from.Env, test.from.Dir = environment{}.get, dir
		_, err := Load(test.from)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
	if _, err := Load(Source{Env: environment{}.get, Dir: dir}); !errors.Is(err, ErrNone) {
		t.Errorf("got %v, want ErrNone", err)
	}
	local := t.TempDir()
	write(t, filepath.Join(local, "build", "local-outputs.json"), outputs)
	_, err := Load(Source{Env: environment{}.get, Dir: local, Stack: "c"})
	if err == nil || !strings.Contains(err.Error(), `stack "c": want --stack to be one of PresignedUploads-dev`) {
		t.Errorf("got %v, want the stacks of the local run's file", err)
	}
}

func TestEachStackHasANameOfItsOwn(t *testing.T) {
	deployed := Settings{UserPoolID: "P", AppClientID: "A"}
	local, second := deployed, deployed
	local.CognitoURL, second.CognitoURL = "http://127.0.0.1:8082", "http://127.0.0.1:41933"
	for s, want := range map[Settings]string{deployed: "P/A", local: "P/A/http://127.0.0.1:8082", second: "P/A/http://127.0.0.1:41933"} {
		if got := s.Name(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
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
