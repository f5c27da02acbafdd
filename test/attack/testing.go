package attack

import (
	"context"
	"fmt"
	"os"
	"testing"

	"example.com/presigned/test/harness"
)

// Main runs a package's tests on one local run of an assembly, which they share, and removes what they made. It returns
// the exit code.
func Main(m *testing.M, assembly string, shared **Target) int {
	return harness.Run(assembly, func(s *harness.Stack) int {
		ctx := context.Background()
		x, err := openLocal(ctx, s)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		*shared = x
		code := m.Run()
		if left, err := x.Close(ctx); err != nil || len(left) > 0 {
			fmt.Fprintln(os.Stderr, "FAIL: left in the bucket:", left, err)
			code = 1
		}
		return code
	})
}

// elsewhere has the tables that the tests on the dev stage leave out, and where or why.
func elsewhere() map[string]string {
	return map[string]string{
		"bounds":        "package bounds, on a stage that has some",
		"content types": "package bounds, on a stage that has a list",
		"TLS":           "make deploy-emulated and make acceptance: the local run serves plain HTTP",
		"expiry":        "nothing waits 300 s on the local run: bucket policy/an expired URL signs in the past",
	}
}

// RunEveryTable runs all tables except those of elsewhere.
func RunEveryTable(t *testing.T, x *Target) {
	t.Helper()
	done := elsewhere()
	for _, table := range Tables() {
		if done[table.Name] == "" {
			done[table.Name] = "done"
			t.Run(table.Name, func(t *testing.T) { RunTables(t, x, table.Name) })
		}
	}
}

// RunTables runs the rows of all tables with a name on a target, which must offer what they need.
func RunTables(t *testing.T, x *Target, name string) {
	t.Helper()
	found := false
	for _, table := range Tables() {
		if table.Name != name {
			continue
		}
		found = true
		if why := x.Without(table); why != "" {
			t.Errorf("the target does not offer %s", why)
			continue
		}
		for _, r := range table.Rows {
			t.Run(r.Name, func(t *testing.T) {
				for _, failure := range Judge(t.Context(), x, table, r).Failures {
					t.Error(failure)
				}
			})
		}
	}
	if !found {
		t.Errorf("no table is named %q", name)
	}
}
