// Package conformance checks the local run with clients and test suites that we did not write: it is as good
// as it agrees with them. `make conformance` installs them and runs it; without the build tag of that name there is
// nothing to run.
//
// docs/conformance.md is the list of expectations, and its tests read it: a check that fails and is not on that page is
// red, and so is one on the page that passes, or a number of checks other than the page's.
//
// Nothing of what others wrote is in this repository: it is installed below build and node_modules, pinned by
// package-lock.json, requirements.txt and peers/go.sum.
package conformance
