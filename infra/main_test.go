package main

import (
	"strings"
	"testing"
)

func TestAStageWithPlaceholdersIsNotSynthesized(t *testing.T) {
	t.Chdir("..")
	t.Setenv("CDK_CONTEXT_JSON", `{"stage": "prod"}`)
	err := run()
	for _, want := range []string{`allowedOrigins has the placeholder "https://app.example.com"`, "hint: edit stages/prod.json, or run: make configure STAGE=prod"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
