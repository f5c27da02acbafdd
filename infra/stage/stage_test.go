package stage_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"
	"testing"

	"example.com/presigned/infra/stage"
	"example.com/presigned/lambda/operation"
)

// fields are what a stage's file says.
type fields map[string]any

// with returns a copy with some fields changed.
func with(entry, changes fields) fields {
	entry = maps.Clone(entry)
	maps.Copy(entry, changes)
	return entry
}

// parsed reads a stage from a file with these fields.
func parsed(entry fields) (stage.Stage, error) {
	text, err := json.Marshal(entry)
	if err != nil {
		return stage.Stage{}, err
	}
	return stage.Parse("test", text, "")
}

// stageTest is a stage, and a part of the refusal that it gets; "" for none.
type stageTest struct {
	entry fields
	want  string
}

func testStages(t *testing.T, stages []stageTest) {
	t.Helper()
	for _, tt := range stages {
		got := ""
		if _, err := parsed(tt.entry); err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, tt.want) || tt.want == "" && got != "" {
			t.Errorf("%v:\n got %s\nwant %q", tt.entry, got, tt.want)
		}
		// "cret@" is the end of a password in the URL of a test, "s3cr3t" a secret where an ARN is wanted.
		if strings.Contains(got, "cret@") || strings.Contains(got, "s3cr3t") {
			t.Errorf("%v: the refusal %q repeats the secret", tt.entry, got)
		}
	}
}

func TestAnEmptyObjectIsTheLeastStage(t *testing.T) {
	got, err := parsed(fields{})
	if err != nil {
		t.Fatal(err)
	}
	want := stage.Least()
	want.Name = "test"
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if names := operation.Names(got.Operations(operation.Upload)); !reflect.DeepEqual(names, []string{"putObject"}) {
		t.Errorf("got upload operations %v, want putObject alone", names)
	}
	for _, route := range []operation.Route{operation.Download, operation.Delete} {
		if ops := got.Operations(route); len(ops) > 0 {
			t.Errorf("%s: got operations %v, want none", route, operation.Names(ops))
		}
	}
}

func TestOptionsSwitchOnTheirOperations(t *testing.T) {
	got, err := parsed(fields{"multipart": true, "downloads": true, "listing": true, "deletion": true})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, route := range operation.Routes() {
		names = append(names, operation.Names(got.Operations(route))...)
	}
	if want := operation.Names(operation.Table()); !reflect.DeepEqual(names, want) {
		t.Errorf("got %v, want the whole table %v", names, want)
	}
}

func TestTheArchitectureOfTheCommandLineWins(t *testing.T) {
	text := []byte(`{"architecture": "arm64"}`)
	got, err := stage.Parse("dev", text, "x86_64")
	if err != nil || got.Architecture != stage.X86 {
		t.Errorf("got %q, %v, want %q", got.Architecture, err, stage.X86)
	}
	if _, err := stage.Parse("dev", text, "riscv"); err == nil {
		t.Error("took architecture riscv")
	}
}

func TestEverythingWrongIsReportedAtOnce(t *testing.T) {
	_, err := parsed(fields{"mfa": "sms", "throttleRate": 0, "allowedOrigins": []string{"*"}})
	for _, want := range []string{"mfa", "throttleRate", "allowedOrigins"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to name %s", err, want)
		}
	}
}
