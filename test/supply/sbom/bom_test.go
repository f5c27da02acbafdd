package sbom

import (
	"bytes"
	"os/exec"
	"slices"
	"strings"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"example.com/presigned/test/harness"
)

// goVersion asks the go command, which reads a binary by itself, for its modules as name@version.
func goVersion(t *testing.T, binary string) []string {
	t.Helper()
	out, err := exec.Command("go", "version", "-m", binary).Output()
	if err != nil {
		t.Fatal(err)
	}
	var modules []string
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); len(f) == 4 && f[0] == "dep" {
			modules = append(modules, f[1]+"@"+f[2])
		}
	}
	slices.Sort(modules)
	return modules
}

func function(t *testing.T) (path string, bom *cdx.BOM) {
	t.Helper()
	path, err := Function(harness.Build("local-assembly"))
	if err != nil {
		t.Fatal(err)
	}
	if bom, err = OfBinary("function", path, nil); err != nil {
		t.Fatal(err)
	}
	return path, bom
}

func TestTheFunctionsBillListsExactlyTheModulesLinkedInIt(t *testing.T) {
	path, bom := function(t)
	var got []string
	std := 0
	for _, c := range *bom.Components {
		if c.Name == "std" {
			std++
			continue
		}
		got = append(got, c.Name+"@"+c.Version)
	}
	slices.Sort(got)
	if want := goVersion(t, path); len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if std != 1 {
		t.Errorf("Go's own library is listed %d times, want once", std)
	}
}

func TestEachBillFitsTheSchemaAndIsTheSameTwice(t *testing.T) {
	schema, err := Schema(".")
	if err != nil {
		t.Fatal(err)
	}
	for name, make := range map[string]func() (*cdx.BOM, error){
		"function": func() (*cdx.BOM, error) { _, bom := function(t); return bom, nil },
		"page":     func() (*cdx.BOM, error) { return OfPage("page", harness.Build("../web/package-lock.json")) },
	} {
		var documents [2][]byte
		for i := range documents {
			bom, err := make()
			if err != nil {
				t.Fatal(err)
			}
			if documents[i], err = Encode(bom); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(documents[0], documents[1]) {
			t.Errorf("%s: two runs wrote two bills", name)
		}
		if err := Validate(schema, documents[0]); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		wrong := bytes.Replace(documents[0], []byte(`"type": "library"`), []byte(`"type": "thing"`), 1)
		if Validate(schema, wrong) == nil {
			t.Errorf("%s: a component of an unknown type fits the schema", name)
		}
	}
}

func TestThePagesBillHasWhatIsBundledAndNoneOfItsTools(t *testing.T) {
	bom, err := OfPage("page", harness.Build("../web/package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	var purls []string
	for _, c := range *bom.Components {
		purls = append(purls, c.PackageURL)
		if c.Hashes == nil || c.Licenses == nil {
			t.Errorf("%s: hashes %v, licences %v, want both", c.PackageURL, c.Hashes, c.Licenses)
		}
	}
	all := strings.Join(purls, " ")
	if !strings.Contains(all, "pkg:npm/%40uppy/core@") || strings.Contains(all, "pkg:npm/vite@") {
		t.Errorf("got %s, want @uppy/core, and not vite, which only builds", all)
	}
}
