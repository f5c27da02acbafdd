package documents

import (
	"os"
	"strings"
	"testing"
)

func TestEveryPackageHasALineAndItsImportsARule(t *testing.T) {
	page, rules := all(read(t, "docs/architecture.md")), all(read(t, ".golangci.yml"))
	for _, module := range []string{".", "local", "client"} {
		for name := range strings.FieldsSeq(output(t, module, "go", "list", "./...")) {
			name = strings.TrimPrefix(name, "example.com/presigned/")
			if !strings.Contains(page, "\n- `"+name+"`: ") {
				t.Errorf("docs/architecture.md has no line for %s", name)
			}
			if !strings.Contains(rules, "${config-path}/"+name+"/*.go") {
				t.Errorf(".golangci.yml has no depguard rule for %s", name)
			}
		}
	}
	folders, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if folder.IsDir() && !strings.Contains(page, "\n- `test/"+folder.Name()+"`: ") {
			t.Errorf("docs/architecture.md has no line for test/%s", folder.Name())
		}
	}
}

// The module of the tests needs all the others, so it has the version that is built.
func TestEveryModuleHasTheSameVersionOfADependency(t *testing.T) {
	const format = "{{if and .Version (not .Indirect)}}{{.Path}} {{.Version}}{{end}}"
	built := output(t, "test", "go", "list", "-m", "-f", "{{.Path}} {{.Version}}", "all")
	for _, module := range []string{".", "local", "client"} {
		for dependency := range strings.Lines(output(t, module, "go", "list", "-m", "-f", format, "all")) {
			if strings.TrimSpace(dependency) != "" && !strings.Contains("\n"+built, "\n"+dependency) {
				t.Errorf("module %q needs %swhich is not the version that the tests build", module, dependency)
			}
		}
	}
}
