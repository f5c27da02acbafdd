package attack

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"example.com/presigned/test/harness"
)

// dev is the stack of stages/dev.json: every operation on, uploads unbounded.
var dev *Target

func TestMain(m *testing.M) {
	os.Exit(Main(m, "local-assembly", &dev))
}

// runTable runs every row of the tables with a name. A table that the target can't run fails.
func runTable(t *testing.T, name string) {
	t.Helper()
	RunTables(t, dev, name)
}

func TestTokens(t *testing.T)                                    { runTable(t, "tokens") }
func TestOtherUsersKeys(t *testing.T)                            { runTable(t, "other users' keys") }
func TestRequestsThatTheStackRefuses(t *testing.T)               { runTable(t, "requests") }
func TestBatches(t *testing.T)                                   { runTable(t, "batches") }
func TestFilenamesStayInThePrefix(t *testing.T)                  { runTable(t, "filenames") }
func TestSignedHeadersOfPutObject(t *testing.T)                  { runTable(t, "signed headers") }
func TestQueryOfPutObject(t *testing.T)                          { runTable(t, "query") }
func TestMethodPathAndBodyOfPutObject(t *testing.T)              { runTable(t, "method, path and body") }
func TestReuse(t *testing.T)                                     { runTable(t, "reuse") }
func TestUploadsAtOnceAreAllKept(t *testing.T)                   { runTable(t, "uploads at once") }
func TestWithoutASignature(t *testing.T)                         { runTable(t, "without a signature") }
func TestMultipart(t *testing.T)                                 { runTable(t, "multipart") }
func TestAPartsChecksumIsEnforced(t *testing.T)                  { runTable(t, "checksum of a part") }
func TestAMultipartUploadIsResumedAndCompletedOnce(t *testing.T) { runTable(t, "a resumed upload") }
func TestDownloads(t *testing.T)                                 { runTable(t, "downloads") }
func TestAMissingKey(t *testing.T)                               { runTable(t, "missing key") }
func TestAListingShowsOnlyTheCallersObjects(t *testing.T)        { runTable(t, "listing") }
func TestDeletion(t *testing.T)                                  { runTable(t, "deletion") }
func TestOrigins(t *testing.T)                                   { runTable(t, "origins") }
func TestTheBucketPolicy(t *testing.T)                           { runTable(t, "bucket policy") }
func TestTheGatewayItself(t *testing.T)                          { runTable(t, "gateway") }
func TestThrottling(t *testing.T)                                { runTable(t, "throttling") }
func TestASignedOutUserGetsNoNewToken(t *testing.T)              { runTable(t, "sign-out") }

// A request gets the same answer in a batch as alone, at each position.
func TestEachRequestOfABatchIsJudgedAlone(t *testing.T) {
	for _, name := range []string{"other users' keys", "requests"} {
		RunTablesInBatches(t, dev, name, 0, 1, 2)
	}
}

// A URL from a batch allows the same as a URL that was requested alone, and no more.
func TestAURLFromABatchAllowsOnlyItsOwnRequest(t *testing.T) {
	for _, name := range []string{"signed headers", "query", "method, path and body", "reuse", "multipart", "checksum of a part", "downloads", "deletion"} {
		RunTablesInBatches(t, dev, name, 1)
	}
}

func TestEveryTableIsRunBySomeTest(t *testing.T) {
	text, err := os.ReadFile(harness.Build("../test/attack/attack_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range Tables() {
		_, excused := elsewhere()[table.Name]
		if runs := strings.Contains(string(text), fmt.Sprintf("runTable(t, %q)", table.Name)); runs == excused {
			t.Errorf("table %q: a test here runs it: %t, and elsewhere names it: %t", table.Name, runs, excused)
		}
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
