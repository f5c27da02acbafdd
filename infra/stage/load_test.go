package stage_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/presigned/infra/stage"
)

func TestEveryStageOfTheRepositoryIsValid(t *testing.T) {
	for _, dir := range []string{"../../stages", "../../test/stages"} {
		names := stage.Names(dir)
		if len(names) == 0 {
			t.Errorf("%s has no stage", dir)
		}
		for _, name := range names {
			if _, err := stage.Load(dir, name, ""); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestAFileThatIsNoStageIsRefused(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct{ name, text, want string }{
		{"list", `[]`, `stage "list": got "[]": want a JSON object`},
		{"null", `null`, `stage "null": got "null": want a JSON object`},
		{"empty", ``, `stage "empty": line 1: unexpected end of JSON input`},
		{"comma", "{\n  \"multipart\": true,\n}", `stage "comma": line 3: invalid character '}'`},
		{"two", "{}\n{}", `stage "two": line 2: invalid character '{' after top-level value`},
		{"my.stage", `{}`, `stage "my.stage": the name must be 1 to 20 of a-z, 0-9 and "-"`},
		{"abcdefghijklmnopqrstu", `{}`, "the name must be 1 to 20"},
		{"account", `{}`, `the name is taken by the account stack`},
	} {
		if err := os.WriteFile(filepath.Join(dir, tt.name+".json"), []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := stage.Load(dir, tt.name, ""); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, err := stage.Load("../../stages", "prdo", ""); err == nil || err.Error() != `stage "prdo": want one of dev, prod, the files in ../../stages` {
		t.Errorf("an unknown stage: got %v", err)
	}
}

func TestPlaceholdersAreNamed(t *testing.T) {
	prod, err := stage.Load("../../stages", "prod", "")
	if err != nil {
		t.Fatal(err)
	}
	want := `stage "prod": allowedOrigins has the placeholder "https://app.example.com": want your own`
	if err := prod.CheckPlaceholders(); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	for origin, want := range map[string]bool{
		"https://example.com":             true,
		"https://app.example.org:8443":    true,
		"https://a.b.example.net":         true,
		"https://files.acme.example":      true,
		"https://example.com.au":          false,
		"https://evilexample.com":         false,
		"https://example.acme.io":         false,
		"https://my-example.com":          false,
		"https://app.example.community":   false,
		"https://files.examples.com":      false,
		"https://app.example.com.acme.io": false,
	} {
		s, err := parsed(fields{"allowedOrigins": []string{"https://app.acme.io", origin}})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.CheckPlaceholders() != nil; got != want {
			t.Errorf("%s: got a placeholder %v, want %v", origin, got, want)
		}
	}
	s, err := parsed(fields{"alarms": true, "alarmTopicArn": topic, "tags": map[string]string{"owner": "example.com"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"alarmTopicArn", "tags"} {
		if err := s.CheckPlaceholders(); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("got %v, want it to name %s", err, field)
		}
	}
	if err := stage.Least().CheckPlaceholders(); err != nil {
		t.Errorf("the least stage: %v", err)
	}
}
