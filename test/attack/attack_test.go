package attack

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"example.com/presigned/test/harness"
)

// assembly is stages/dev.json by default, with every operation on and unbounded uploads. make test-long sends the rows to
// others too: a stage with an existing user pool, and the app of examples/embed.
var assembly = flag.String("assembly", "local-assembly", "the folder below build of the stack to attack")

var target *Target

func TestMain(m *testing.M) {
	flag.Parse()
	if *outputsFile != "" {
		os.Exit(deployed(m))
	}
	os.Exit(Main(m, *assembly, &target))
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

func TestAttacks(t *testing.T) {
	skip := map[string]string{}
	for _, table := range Tables() {
		for _, r := range table.Rows {
			skip[table.ID(r)] = elsewhere()[table.Name]
		}
	}
	RunTables(t.Context(), t, target, Tables(), skip)
}

// A request gets the same answer in a batch as alone, at each position.
func TestEachRequestOfABatchIsJudgedAlone(t *testing.T) {
	for _, name := range []string{"other users' keys", "requests"} {
		RunTablesInBatches(t, target, name, 0, 1, 2)
	}
}

// A URL from a batch allows the same as a URL that was requested alone, and no more.
func TestAURLFromABatchAllowsOnlyItsOwnRequest(t *testing.T) {
	for _, name := range []string{"signed headers", "query", "method, path and body", "reuse", "multipart", "checksum of a part", "downloads", "deletion"} {
		RunTablesInBatches(t, target, name, 1)
	}
}

// A list may name only rows that exist.
func TestEveryListNamesRowsThatExist(t *testing.T) {
	seen := rowIDs()
	for id, times := range seen {
		if times > 1 {
			t.Errorf("%d rows are named %q", times, id)
		}
	}
	if _, err := readSkips(harness.Build("../test/emulated/acceptance-skips.json")); err != nil {
		t.Error(err)
	}
	for _, id := range slices.Concat(Smoke(), slices.Collect(maps.Keys(Undocumented()))) {
		if seen[id] == 0 {
			t.Errorf("no row is named %q", id)
		}
	}
}

// TestMain checks that nothing is left.
func TestARowThatIsInterruptedFailsAndLeavesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	x, err := openLocal(ctx, target.local)
	if err != nil {
		t.Fatal(err)
	}
	result := Judge(ctx, x, Table{}, Row{Attack: func(x *Try) harness.Answer {
		x.upload(content)
		key, id := x.uploadID()
		cancel()
		return x.send(x.put(partBody(key, id, 1, 1)).Request([]byte("x")))
	}})
	if len(result.Failures) == 0 {
		t.Error("a row that was interrupted is green")
	}
	if left, err := x.Close(context.WithoutCancel(ctx)); err != nil || len(left) > 0 {
		t.Errorf("left %q, %v", left, err)
	}
}

// TestMain checks that the named keys are all.
func TestWithGivenUsersAndNoCredentialsTheKeysThatStayAreNamed(t *testing.T) {
	users := []Login{{"janedoe", "Only-for-this-test-7"}, {"richardroe", "Only-for-this-test-7"}}
	for _, user := range users {
		if err := target.local.Running.Pool.AddUser(user.Username, user.Password, false); err != nil {
			t.Fatal(err)
		}
	}
	x, err := Open(t.Context(), Config{Outputs: target.local.OutputsFile, Users: users})
	if err != nil {
		t.Fatal(err)
	}
	tables, skip := smoke(), map[string]string{}
	x.leaveOut(tables, skip)
	RunTables(t.Context(), t, x, tables, skip)
	named, err := x.Close(t.Context())
	if err != nil || len(named) == 0 {
		t.Errorf("got %q, %v, want the keys of what was uploaded", named, err)
	}
	x.admin, x.store = &administrator{}, target.store
	if left, err := x.Close(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("left %q, %v", left, err)
	}
}

func TestASecretIsNotReported(t *testing.T) {
	var shown recorder
	report(&shown, "a row: ", "", Result{Failures: []string{"https://s3.example/key?X-Amz-Signature=00"}})
	if text := string(shown); !strings.Contains(text, "a presigned URL") || strings.Contains(text, "=00") {
		t.Errorf("got %q, want that a presigned URL was in it", text)
	}
}

// recorder keeps what is reported.
type recorder string

func (r *recorder) Helper()           {}
func (r *recorder) Log(...any)        {}
func (r *recorder) Error(args ...any) { *r += recorder(fmt.Sprint(args...)) }
