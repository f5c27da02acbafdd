package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/jsii-runtime-go"
)

func TestAStageWithPlaceholdersIsNotSynthesized(t *testing.T) {
	stages, err := filepath.Abs(filepath.Join("..", "stages"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	t.Cleanup(jsii.Close)
	if err := os.WriteFile("cdk.json", fmt.Appendf(nil, `{"context": {"stage": "prod", "stages": %q}}`, stages), 0o600); err != nil {
		t.Fatal(err)
	}
	err = run()
	for _, want := range []string{`allowedOrigins has the placeholder "https://app.example.com"`, "prod.json, or run: make configure STAGE=prod"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
