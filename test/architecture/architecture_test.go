// Package architecture keeps the import directions and the sizes that docs/architecture.md promises.
package architecture

import (
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const product = "example.com/presigned"

// pkg is what `go list -json` says of a package.
type pkg struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Imports    []string
}

// list returns the packages of a module, without their tests.
func list(t *testing.T, module string) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,Imports", "./...")
	cmd.Dir = filepath.Join("..", "..", module)
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list in %s: %s", module, exit.Stderr)
		}
		t.Fatal(err)
	}
	var packages []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); err == io.EOF {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

func TestTheProductImportsNoneOfItsTools(t *testing.T) {
	for _, p := range list(t, ".") {
		for _, tool := range []string{"local", "client", "test"} {
			for _, imported := range p.Imports {
				if imported == product+"/"+tool || strings.HasPrefix(imported, product+"/"+tool+"/") {
					t.Errorf("%s imports %s: what deploys knows nothing of %s", p.ImportPath, imported, tool)
				}
			}
		}
	}
}

// modules are what each package may import of ours, by module and package: the whole of the structure.
func modules() map[string]map[string][]string {
	return map[string]map[string][]string{
		".": {
			"lambda":           {"lambda/presigner"},
			"lambda/operation": {},
			"lambda/presigner": {"lambda/operation"},
			"lambda/openapi":   {"lambda/operation", "lambda/presigner"},
			"infra":            {"infra/stage", "infra/stack"},
			"infra/stage":      {"lambda/operation"},
			"infra/stack":      {"infra/stage", "lambda/operation"},
		},
		"local": {
			"local":               {"local/command"},
			"local/command":       {"local/stack", "local/template", "client", "client/signin"},
			"local/stack":         {"local/apigateway", "local/cognito", "local/lambdaruntime", "local/objectstore", "local/template"},
			"local/apigateway":    {"local/template"},
			"local/cognito":       {"local/template"},
			"local/lambdaruntime": {"local/template"},
			"local/objectstore":   {"local/bucketpolicy", "local/template"},
			"local/bucketpolicy":  {},
			"local/template":      {},
		},
		"client": {
			"client":                     {"client/internal/atomicfile", "client/internal/retry", "client/internal/wire", "client/state"},
			"client/cmd/presigned":       {"client/internal/cli"},
			"client/internal/atomicfile": {},
			"client/internal/cli":        {"client", "client/internal/session", "client/settings", "client/signin", "client/state"},
			"client/internal/fakestack":  {},
			"client/internal/retry":      {},
			"client/internal/session":    {"client/signin", "client/state"},
			"client/internal/wire":       {"client/internal/retry"},
			"client/settings":            {},
			"client/signin":              {},
			"client/state":               {"client/internal/atomicfile"},
		},
	}
}

// A package of ours that is not in the table, or an import that the table does not allow, is red.
func TestEachPackageImportsOnlyWhatItMay(t *testing.T) {
	for module, may := range modules() {
		found := map[string]bool{}
		for _, p := range list(t, module) {
			name := strings.TrimPrefix(p.ImportPath, product+"/")
			allowed, known := may[name]
			found[name] = true
			if !known {
				t.Errorf("package %s is in no rule: add it here and to docs/architecture.md", name)
			}
			for _, imported := range p.Imports {
				if ours, ok := strings.CutPrefix(imported, product+"/"); ok && !slices.Contains(allowed, ours) {
					t.Errorf("%s imports %s: want only %q of ours", name, ours, allowed)
				}
			}
		}
		for name := range may {
			if !found[name] {
				t.Errorf("package %s is gone: remove it here and from docs/architecture.md", name)
			}
		}
	}
}

// A newcomer finds a package's room without a search.
func TestTheArchitecturePageHasARowForEveryRoom(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	var rooms []string
	for _, packages := range modules() {
		rooms = append(rooms, slices.Collect(maps.Keys(packages))...)
	}
	folders, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if folder.IsDir() {
			rooms = append(rooms, "test/"+folder.Name())
		}
	}
	for _, name := range rooms {
		if row := regexp.MustCompile("(?m)^\\| [^|]*`" + regexp.QuoteMeta(name) + "`[^|]* \\|"); !row.Match(page) {
			t.Errorf("docs/architecture.md has no row for %s", name)
		}
	}
}

func TestOnlyTheRightPackagesImportAWS(t *testing.T) {
	for _, p := range list(t, ".") {
		name := strings.TrimPrefix(p.ImportPath, product+"/")
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, "github.com/aws/aws-cdk-go/") && name != "infra" && name != "infra/stack" {
				t.Errorf("%s imports %s: compiling awscdk costs a minute, and only infra and infra/stack need it", name, imported)
			}
			if strings.HasPrefix(imported, "github.com/aws/aws-sdk-go-v2/") && name != "lambda/presigner" {
				t.Errorf("%s imports %s: only lambda/presigner signs", name, imported)
			}
			if strings.HasPrefix(imported, "net") && strings.HasPrefix(name, "lambda") && imported != "net/http" && imported != "net/url" {
				t.Errorf("%s imports %s: the function calls nothing", name, imported)
			}
		}
	}
}

func TestOnlyThePresignFileImportsServiceS3(t *testing.T) {
	for _, p := range list(t, ".") {
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, imported := range file.Imports {
				isS3 := strings.Contains(imported.Path.Value, "aws-sdk-go-v2/service/s3")
				if isS3 && (p.ImportPath != product+"/lambda/presigner" || name != "presign.go") {
					t.Errorf("%s/%s imports %s: only lambda/presigner/presign.go may", p.ImportPath, name, imported.Path.Value)
				}
			}
		}
	}
}
