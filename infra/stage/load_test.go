package stage_test

import (
	"os"
	"path/filepath"
	"testing"

	"example.com/presigned/infra/stage"
)

func TestEveryStageOfTheRepositoryIsValid(t *testing.T) {
	context, err := stage.Context("../../cdk.json", nothing)
	if err != nil {
		t.Fatal(err)
	}
	for name := range context["stages"].(map[string]any) {
		if _, err := stage.Select(context["stages"], name, ""); err != nil {
			t.Error(err)
		}
	}
}

func nothing(string) string { return "" }

func TestTheContextOfTheCommandLineWins(t *testing.T) {
	file := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	settings := file("cdk.json", `{"context": {"kept": 1, "stage": "dev", "architecture": "arm64"}}`)
	for _, tt := range []struct {
		name, text, overflow string
		stage, architecture  any
	}{
		{"cdk.json alone", "", "", "dev", "arm64"},
		{"as text", `{"stage": "prod"}`, "", "prod", "arm64"},
		{"in a file", "", `{"stage": "prod"}`, "prod", "arm64"},
		{"both", `{"stage": "test", "architecture": "x86_64"}`, `{"stage": "prod"}`, "prod", "x86_64"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			env := map[string]string{"CDK_CONTEXT_JSON": tt.text}
			if tt.overflow != "" {
				env["CONTEXT_OVERFLOW_LOCATION_ENV"] = file("overflow.json", tt.overflow)
			}
			got, err := stage.Context(settings, func(name string) string { return env[name] })
			if err != nil || got["stage"] != tt.stage || got["architecture"] != tt.architecture || got["kept"] != 1.0 {
				t.Errorf("got %v, %v, want stage %v, architecture %v, and what else cdk.json has", got, err, tt.stage, tt.architecture)
			}
		})
	}
	if _, err := stage.Context(settings, func(string) string { return "{" }); err == nil {
		t.Error("took a context that is not JSON")
	}
}
