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

// the runs every row of the tables of some name. One that the target cannot run is red: here it can all but wait.
func the(t *testing.T, name string) {
	t.Helper()
	RunTables(t, dev, name)
}

func TestTokens(t *testing.T)                                    { the(t, "tokens") }
func TestOtherUsersKeys(t *testing.T)                            { the(t, "other users' keys") }
func TestRequestsThatTheStackRefuses(t *testing.T)               { the(t, "requests") }
func TestBatches(t *testing.T)                                   { the(t, "batches") }
func TestFilenamesStayInThePrefix(t *testing.T)                  { the(t, "filenames") }
func TestUsernamesBecomeOneSegment(t *testing.T)                 { the(t, "usernames") }
func TestSignedHeadersOfPutObject(t *testing.T)                  { the(t, "signed headers") }
func TestQueryOfPutObject(t *testing.T)                          { the(t, "query") }
func TestMethodPathAndBodyOfPutObject(t *testing.T)              { the(t, "method, path and body") }
func TestReuse(t *testing.T)                                     { the(t, "reuse") }
func TestUploadsAtOnceAreAllKept(t *testing.T)                   { the(t, "uploads at once") }
func TestWithoutASignature(t *testing.T)                         { the(t, "without a signature") }
func TestMultipart(t *testing.T)                                 { the(t, "multipart") }
func TestAPartsChecksumIsEnforced(t *testing.T)                  { the(t, "checksum of a part") }
func TestAMultipartUploadIsResumedAndCompletedOnce(t *testing.T) { the(t, "a resumed upload") }
func TestDownloads(t *testing.T)                                 { the(t, "downloads") }
func TestAMissingKey(t *testing.T)                               { the(t, "missing key") }
func TestAListingShowsOnlyTheCallersObjects(t *testing.T)        { the(t, "listing") }
func TestDeletion(t *testing.T)                                  { the(t, "deletion") }
func TestOrigins(t *testing.T)                                   { the(t, "origins") }
func TestTheBucketPolicy(t *testing.T)                           { the(t, "bucket policy") }
func TestTheGatewayItself(t *testing.T)                          { the(t, "gateway") }
func TestThrottling(t *testing.T)                                { the(t, "throttling") }
func TestASignedOutUserGetsNoNewToken(t *testing.T)              { the(t, "sign-out") }

// A request gets in a batch what it gets alone, wherever it is in it.
func TestEachRequestOfABatchIsJudgedAlone(t *testing.T) {
	for _, name := range []string{"other users' keys", "requests"} {
		RunTablesInBatches(t, dev, name, 0, 1, 2)
	}
}

// A URL of a batch does what a URL that was asked for alone does, and no more.
func TestEachURLOfABatchIsOneRequestsAlone(t *testing.T) {
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
		_, excused := Elsewhere()[table.Name]
		if runs := strings.Contains(string(text), fmt.Sprintf("the(t, %q)", table.Name)); runs == excused {
			t.Errorf("table %q: a test here runs it: %t, and elsewhere names it: %t", table.Name, runs, excused)
		}
	}
}

// A list that names a row which is not there says nothing any more.
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
