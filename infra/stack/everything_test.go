package stack_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"example.com/presigned/infra/stage"
)

// shownBy are the options that cannot be on beside all the others, and the stage whose template shows them.
func shownBy() map[string]string {
	return map[string]string{
		"passwordAuth": "dev", // refused in production
		"userPoolArn":  "existingpool", "appClientIds": "existingpool", "authorizationScopes": "existingpool",
		"kmsKeyArn": "existingpool", "accessLogBucketName": "existingpool", "stackName": "existingpool",
	}
}

// An option that no template shows is never reviewed: it is in no golden file and in no proof of test/iam.
func TestEverythingSetsEveryOption(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "everything.json"))
	if err != nil {
		t.Fatal(err)
	}
	var entry map[string]any
	if err := json.Unmarshal(text, &entry); err != nil {
		t.Fatal(err)
	}
	least := reflect.ValueOf(stage.Least())
	for _, field := range reflect.VisibleFields(least.Type()) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Anonymous || name == "-" {
			continue
		}
		shown, ok := shownBy()[name]
		if !ok {
			shown = "everything"
			if _, set := entry[name]; !set {
				t.Errorf("everything.json leaves out %s: no template shows it", name)
				continue
			}
		}
		byDefault := least.FieldByIndex(field.Index).Interface()
		if got := reflect.ValueOf(all[shown].config).FieldByIndex(field.Index).Interface(); reflect.DeepEqual(got, byDefault) {
			t.Errorf("stage %s sets %s to its default, %v: no template shows another", shown, name, byDefault)
		}
	}
}
