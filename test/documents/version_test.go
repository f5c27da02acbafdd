package documents

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"example.com/presigned/lambda/operation"
)

func TestChangelogContractAndTemplatesHaveTheVersion(t *testing.T) {
	newest := regexp.MustCompile(`(?m)^## \[([0-9][^\]]*)\] - \d{4}-\d{2}-\d{2}$`).FindStringSubmatch(all(read(t, "CHANGELOG.md")))
	if newest == nil || newest[1] != operation.Version {
		t.Errorf("CHANGELOG.md: got %q as the newest version, want that of lambda/operation, %q", newest, operation.Version)
	}
	var contract struct{ Info struct{ Version string } }
	if err := json.Unmarshal([]byte(all(read(t, "docs/openapi.json"))), &contract); err != nil {
		t.Fatal(err)
	}
	if got := contract.Info.Version; got != operation.Version {
		t.Errorf("docs/openapi.json: got version %q, want that of lambda/operation, %q", got, operation.Version)
	}
	for path, text := range read(t, "infra/stack/testdata/*.template.json") {
		var template struct {
			Outputs map[string]struct{ Value any }
		}
		if err := json.Unmarshal([]byte(text), &template); err != nil {
			t.Fatal(err)
		}
		if got := template.Outputs["Version"].Value; got != operation.Version && !strings.HasSuffix(path, "/account.template.json") {
			t.Errorf("%s: got output Version %v, want that of lambda/operation, %q", path, got, operation.Version)
		}
	}
}

// `go install` and another module's `go get` refuse or ignore what a replaced module has.
func TestWhatOthersInstallReplacesNoModule(t *testing.T) {
	for path, text := range read(t, "go.mod", "client/go.mod") {
		if strings.Contains(text, "replace ") || strings.Contains(text, "exclude ") {
			t.Errorf("%s replaces or excludes a module", path)
		}
	}
}
