// Package advisory judges what govulncheck found: a vulnerable function that our code reaches fails, unless an
// exception with a reason and an end says otherwise.
package advisory

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Finding is a published vulnerability in something that we build with.
type Finding struct {
	ID      string // GO-2024-2687
	Module  string // "stdlib" for Go's own
	Version string // v1.2.3
	Fixed   string // the first version without it; empty if there is none
	Symbol  string // the vulnerable function that our code reaches; empty if it reaches none
}

func (f Finding) String() string {
	fixed := "not fixed yet"
	if f.Fixed != "" {
		fixed = "fixed in " + f.Fixed
	}
	return fmt.Sprintf("%s in %s@%s (%s): https://pkg.go.dev/vuln/%s", f.ID, f.Module, f.Version, fixed, f.ID)
}

// message is the part of govulncheck's JSON stream that is read: golang.org/x/vuln/internal/govulncheck.
type message struct {
	Finding *struct {
		OSV          string `json:"osv"`
		FixedVersion string `json:"fixed_version"`
		Trace        []struct {
			Module   string `json:"module"`
			Version  string `json:"version"`
			Function string `json:"function"`
		} `json:"trace"`
	} `json:"finding"`
	Config *struct {
		ScannerVersion string `json:"scanner_version"`
	} `json:"config"`
}

// Read returns the findings of a `govulncheck -format json`, one for each vulnerability and module: govulncheck repeats
// itself for each level at which it looks, and for each function.
func Read(r io.Reader) ([]Finding, error) {
	var found []Finding
	at, scanned := map[string]int{}, false
	for d := json.NewDecoder(r); ; {
		var m message
		if err := d.Decode(&m); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("read govulncheck's answer: %w", err)
		}
		scanned = scanned || m.Config != nil
		if m.Finding == nil || len(m.Finding.Trace) == 0 {
			continue
		}
		vulnerable := m.Finding.Trace[0]
		f := Finding{m.Finding.OSV, vulnerable.Module, vulnerable.Version, m.Finding.FixedVersion, vulnerable.Function}
		i, known := at[f.ID+" "+f.Module]
		switch {
		case !known:
			at[f.ID+" "+f.Module] = len(found)
			found = append(found, f)
		case found[i].Symbol == "":
			found[i] = f
		}
	}
	if !scanned {
		return nil, errors.New("govulncheck said nothing, want at least its configuration")
	}
	return found, nil
}

// CheckDatabase refuses a folder that is no database: govulncheck finds nothing in it, and is content.
func CheckDatabase(dir string) error {
	const known = "GO-2024-2687" // HTTP/2 CONTINUATION flood: no database of today is without it
	if _, err := os.Stat(filepath.Join(dir, known+".json")); err != nil {
		return fmt.Errorf("database %q is without %s: %w", dir, known, err)
	}
	return nil
}
