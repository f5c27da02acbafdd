// Package licence says which licences a dependency may have: what ships, and what only builds and tests.
package licence

import (
	"fmt"
	"slices"
	"strings"

	"example.com/presigned/test/supply/inventory"
)

// Set is a number of dependencies that one list of licences is for.
type Set struct {
	Name       string // as a message says it
	Components []inventory.Component
	Ships      bool // the function, the client or the page has it; else it builds and tests
}

// Shipped lists the licences of what we hand out: they ask for no more than their text beside the copy.
func Shipped() []string {
	return []string{"MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "Apache-2.0", "ISC"}
}

// Tools lists what a tool may have besides: nothing of these reaches a user of the product.
func Tools() []string {
	return append(Shipped(),
		"MPL-2.0",       // copyleft of the changed file, and we change none
		"BlueOak-1.0.0", // permissive
		"Python-2.0",    // permissive
		"PSF-2.0",       // permissive
		"CNRI-Python",   // permissive: old parts of Python
		// The same licences in the words of Python's older metadata:
		"Apache License 2.0", "Apache Software License", "ASL 2", "BSD", "BSD License", "MIT License", "MIT license", "PSFL",
	)
}

// Exception allows one tool one licence.
type Exception struct {
	Name, Licence, Reason string
}

// Exceptions are for tools only: nothing that ships gets one.
func Exceptions() []Exception {
	const iam = "AGPL, and asked by `go test ./iam` as a program of its own: no user gets it, nor a service made of it"
	return []Exception{
		{"@cloud-copilot/iam-policy", "AGPL-3.0-or-later", iam},
		{"@cloud-copilot/iam-simulate", "AGPL-3.0-or-later", iam},
		{"@cloud-copilot/iam-utils", "AGPL-3.0-or-later", iam},
		{"docutils", "Public Domain", "the AWS CLI's help needs it; what is not in the public domain there is a mode for Emacs"},
		{"python-dateutil", "Dual License", "its LICENSE says Apache-2.0 or BSD-3-Clause, as one likes"},
	}
}

// Check returns a line for each dependency whose licence is not allowed, and for each exception that allows nothing.
func Check(sets []Set, exceptions []Exception) []string {
	var failures []string
	used := make([]bool, len(exceptions))
	for _, set := range sets {
		allowed := Tools()
		if set.Ships {
			allowed = Shipped()
		}
		if len(set.Components) == 0 {
			failures = append(failures, set.Name+": has no dependencies, want what it is made of")
		}
		for _, c := range set.Components {
			i := slices.IndexFunc(exceptions, func(e Exception) bool { return e.Name == c.Name && e.Licence == c.Licence })
			switch {
			case !set.Ships && i >= 0:
				used[i] = true
			case c.Licence == "":
				failures = append(failures, fmt.Sprintf("%s: %s has no known licence, want one of %q", set.Name, c.PURL(), allowed))
			case !permits(c.Licence, allowed):
				failures = append(failures, fmt.Sprintf("%s: %s is under %q, want one of %q", set.Name, c.PURL(), c.Licence, allowed))
			}
		}
	}
	for i, e := range exceptions {
		if !used[i] {
			failures = append(failures, fmt.Sprintf("exception for %s under %s allows nothing: delete it", e.Name, e.Licence))
		}
	}
	return failures
}

// permits evaluates an SPDX expression of ORs or of ANDs. One of both, or WITH, is permitted only if a list has it whole.
func permits(expression string, allowed []string) bool {
	if slices.Contains(allowed, expression) {
		return true
	}
	expression = strings.TrimSuffix(strings.TrimPrefix(expression, "("), ")")
	is := func(id string) bool { return slices.Contains(allowed, id) }
	isNot := func(id string) bool { return !is(id) }
	if choices := strings.Split(expression, " OR "); len(choices) > 1 {
		return slices.ContainsFunc(choices, is)
	}
	return !slices.ContainsFunc(strings.Split(expression, " AND "), isNot)
}
