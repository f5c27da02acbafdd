package advisory

import (
	"fmt"
	"go/version"
	"strings"
	"time"
)

// Exception accepts one finding for a while.
type Exception struct {
	ID     string
	Reason string // why it does no harm here
	Until  string // the last day, 2006-01-02: then somebody looks again
}

// Verdict is what a person is told.
type Verdict struct {
	Failures []string // each fails the check
	Notes    []string // each is worth knowing
}

// Judge says which findings fail. The standard library is that of the Go which builds: what toolchain, the one that
// go.mod asks for, has fixed is a note for whoever builds with an older one.
func Judge(findings []Finding, toolchain string, exceptions []Exception, now time.Time) Verdict {
	var v Verdict
	used, older := map[string]bool{}, 0
	for _, f := range findings {
		exception, accepted := find(exceptions, f.ID)
		used[f.ID] = true
		switch {
		case f.Symbol == "":
			v.Notes = append(v.Notes, "not called: "+f.String())
		case f.Module == "stdlib" && fixedBy(f.Fixed, toolchain):
			older++
		case !accepted:
			v.Failures = append(v.Failures, fmt.Sprintf("%s is called: %s", f.Symbol, f))
		case now.UTC().Format(time.DateOnly) > exception.Until:
			v.Failures = append(v.Failures, fmt.Sprintf("exception for %s ended on %s: %s", f.ID, exception.Until, f))
		default:
			v.Notes = append(v.Notes, fmt.Sprintf("accepted until %s, %s: %s", exception.Until, exception.Reason, f))
		}
	}
	if older > 0 {
		v.Notes = append(v.Notes, fmt.Sprintf("this Go is older than %s, which go.mod asks for, and has %d vulnerabilities that are called: build what you deploy with GOTOOLCHAIN=auto", toolchain, older))
	}
	for _, e := range exceptions {
		if !used[e.ID] {
			v.Failures = append(v.Failures, fmt.Sprintf("exception for %s accepts nothing: delete it", e.ID))
		}
		if e.Reason == "" {
			v.Failures = append(v.Failures, fmt.Sprintf("exception for %s has no reason", e.ID))
		}
	}
	return v
}

func find(exceptions []Exception, id string) (Exception, bool) {
	for _, e := range exceptions {
		if e.ID == id {
			return e, true
		}
	}
	return Exception{}, false
}

// fixedBy compares v1.26.9, as the database writes it, with go1.26.10, as go.mod does.
func fixedBy(fixed, toolchain string) bool {
	release := "go" + strings.TrimPrefix(fixed, "v")
	return version.IsValid(release) && version.IsValid(toolchain) && version.Compare(release, toolchain) <= 0
}

// Accepted lists the exceptions. There are none now.
func Accepted() []Exception { return nil }
