package attack

import (
	"flag"
	"maps"
	"os"
	"slices"
	"testing"
)

// assembly is stages/dev.json by default, with every operation on and unbounded uploads. make test-long sends the rows to
// others too: a stage with an existing user pool, and the app of examples/embed.
var assembly = flag.String("assembly", "local-assembly", "the folder below build of the stack to attack")

var target *Target

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(Main(m, *assembly, &target))
}

func TestAttacks(t *testing.T) { RunEveryTable(t, target) }

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
	seen := map[string]int{}
	for _, table := range Tables() {
		for _, r := range table.Rows {
			seen[table.ID(r)]++
		}
	}
	for id, times := range seen {
		if times > 1 {
			t.Errorf("%d rows are named %q", times, id)
		}
	}
	for _, id := range slices.Concat(Smoke(), slices.Collect(maps.Keys(Undocumented()))) {
		if seen[id] == 0 {
			t.Errorf("no row is named %q", id)
		}
	}
}
