package inventory

import (
	"bytes"
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// ours is what the module paths of this repository begin with.
const ours = "example.com/presigned"

// A summary, as AWS's modules have one, is prose about the texts beside it; a file of Go is no text.
var (
	licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense)([-._].*)?$`)
	noLicence   = regexp.MustCompile(`(?i)(-summary|\.go)$`)
)

// GoModules returns the modules that packages of the Go module in dir are made of, without those of this repository.
// With tests, also what their tests need.
func GoModules(dir string, tests bool, packages ...string) ([]Component, error) {
	args := []string{"list", "-deps", "-json=Module"}
	if tests {
		args = append(args, "-test")
	}
	cmd := exec.Command("go", append(args, packages...)...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list in %q: %w\n%s", dir, err, stderr.String())
	}
	return modules(bytes.NewReader(out))
}

func modules(r io.Reader) ([]Component, error) {
	var found []Component
	seen := map[string]bool{}
	for d := json.NewDecoder(r); ; {
		var p struct {
			Module *struct{ Path, Version, Dir string }
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		if p.Module == nil || seen[p.Module.Path] || isOurs(p.Module.Path) {
			continue
		}
		seen[p.Module.Path] = true
		licence, err := scan(p.Module.Dir)
		if err != nil {
			return nil, err
		}
		found = append(found, Component{Ecosystem: "golang", Name: p.Module.Path, Version: p.Module.Version, Licence: licence})
	}
	slices.SortFunc(found, func(a, b Component) int { return strings.Compare(a.Name, b.Name) })
	return found, nil
}

func isOurs(path string) bool { return path == ours || strings.HasPrefix(path, ours+"/") }

// scan returns the licences of the texts at a module's root: all of them apply.
func scan(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	var ids []string
	for _, entry := range entries {
		if entry.IsDir() || !licenceFile.MatchString(entry.Name()) || noLicence.MatchString(entry.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return "", err
		}
		coverage := licensecheck.Scan(text)
		if coverage.Percent < 75 { // what pkg.go.dev demands of a text it calls a licence
			return "", nil
		}
		for _, m := range coverage.Match {
			ids = append(ids, m.ID)
		}
	}
	slices.Sort(ids)
	return strings.Join(slices.Compact(ids), " AND "), nil
}

// Linked returns the version of Go and the modules, sorted, in a Go binary, as `go version -m` prints them.
func Linked(binary string) (goVersion string, found []Component, err error) {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return "", nil, err
	}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		if isOurs(m.Path) || strings.HasPrefix(m.Path, ".") {
			continue
		}
		raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(m.Sum, "h1:"))
		if err != nil || len(raw) == 0 {
			return "", nil, fmt.Errorf("sum %q of %s: want h1 and base64: %w", m.Sum, m.Path, err)
		}
		found = append(found, Component{Ecosystem: "golang", Name: m.Path, Version: m.Version, SHA256: hex.EncodeToString(raw)})
	}
	return info.GoVersion, found, nil
}
