package stack_test

import (
	"cmp"
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
	file, err := os.ReadFile(filepath.Join("testdata", "everything.json"))
	if err != nil {
		t.Fatal(err)
	}
	fields := func(s stage.Stage) (values map[string]any) {
		if err := json.Unmarshal([]byte(text(t, s)), &values); err != nil {
			t.Fatal(err)
		}
		return values
	}
	for _, name := range stage.Fields() {
		shown := cmp.Or(shownBy()[name], "everything")
		if shown == "everything" && !strings.Contains(string(file), quote(name)+":") {
			t.Errorf("everything.json leaves out %s: no template shows it", name)
		} else if byDefault := fields(stage.Least())[name]; reflect.DeepEqual(fields(all[shown].config)[name], byDefault) {
			t.Errorf("stage %s sets %s to its default, %v: no template shows another", shown, name, byDefault)
		}
	}
}
