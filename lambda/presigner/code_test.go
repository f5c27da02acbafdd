package presigner_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/presigned/lambda/presigner"
)

// codes reads every constant of type Code from the package's source: only there are those that a table has forgotten.
func codes(t *testing.T) map[string]presigner.Code {
	t.Helper()
	found := map[string]presigner.Code{}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(node ast.Node) bool {
			if spec, ok := node.(*ast.ValueSpec); ok {
				collect(t, spec, found)
			}
			return true
		})
	}
	if len(found) == 0 {
		t.Fatal("found no constant of type Code: the search is broken")
	}
	return found
}

func collect(t *testing.T, spec *ast.ValueSpec, found map[string]presigner.Code) {
	t.Helper()
	if typ, ok := spec.Type.(*ast.Ident); !ok || typ.Name != "Code" {
		return
	}
	for i, name := range spec.Names {
		literal, ok := spec.Values[i].(*ast.BasicLit)
		if !ok {
			t.Fatalf("constant %s of type Code is not a string literal", name.Name)
		}
		value, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Fatal(err)
		}
		found[name.Name] = presigner.Code(value)
	}
}

// elsewhere are the codes that no request brings about, and the test that does.
func elsewhere() map[presigner.Code]string {
	return map[presigner.Code]string{presigner.InternalError: "TestAnInternalErrorShowsNoCause"}
}

func TestEveryCodeHasAStatusAndARefusal(t *testing.T) {
	rows := refusals()
	for name, code := range codes(t) {
		if status := presigner.Statuses()[code]; status < 400 || status > 599 {
			t.Errorf("%s: got status %d, want an error's: give it a row in Statuses (problem.go)", name, status)
		}
		refuses := slices.ContainsFunc(rows, func(row refused) bool { return row.code == code })
		if !refuses && elsewhere()[code] == "" {
			t.Errorf("%s: no row in TestRefusals refuses with it: add one to refusals (refusal_test.go)", name)
		}
	}
}
