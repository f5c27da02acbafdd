//go:build conformance

package conformance

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"example.com/presigned/test/harness"
)

// minio-go's functional tests print one JSON object for each thing tried, with a status.
func TestS3PassesTheFunctionalTestsOfMinioGo(t *testing.T) {
	cmd := command(t, harness.Build("conformance/minio"))
	cmd.Dir = t.TempDir() // it leaves files
	cmd.Env = append(cmd.Env, "SERVER_ENDPOINT="+strings.TrimPrefix(dev.S3URL, "http://"),
		"ACCESS_KEY="+dev.AccessKeyID, "SECRET_KEY="+dev.SecretAccessKey, "ENABLE_HTTPS=0", "ENABLE_KMS=0", "MINT_MODE=full", "RUN_ON_FAIL=1")
	stdout, failed := output(t, cmd, nil)
	if failed != "" {
		t.Error(failed)
	}
	got := checks{}
	for line := range bytes.Lines(stdout) {
		var said struct{ Name, Status, Message, Error, Alert string }
		if err := json.Unmarshal(line, &said); err != nil {
			t.Fatalf("printed %q: %v", line, err)
		}
		switch name := strings.TrimPrefix(said.Name, "minio-go: "); said.Status {
		case "": // a line without a test in it
		case "PASS":
			got.add(name, "")
		default: // FAIL, and NA: not implemented
			got.add(name, said.Status+" "+said.Alert+" "+said.Message+": "+said.Error)
		}
	}
	judge(t, "S3: minio-go", got)
}

// The Go CDK's conformance tests are Go tests; what counts are those without subtests.
func TestS3PassesTheConformanceTestsOfTheGoCDK(t *testing.T) {
	bucket := "gocdk"
	if _, err := dev.Running.Store.Client().CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &bucket}); err != nil {
		t.Fatal(err)
	}
	cmd := command(t, harness.Build("conformance/gocdk"), "-test.v")
	cmd.Env = append(cmd.Env, "S3_BUCKET="+bucket)
	stdout, _ := output(t, cmd, nil) // its exit code says only that some test failed
	judge(t, "S3: Go CDK", goTests(string(stdout)))
}

// goTests reads what a test binary printed with -test.v.
func goTests(stdout string) checks {
	got := checks{}
	for line := range strings.Lines(stdout) {
		verdict, rest, found := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "--- "), ": ")
		if !found || !strings.Contains(line, "--- ") {
			continue
		}
		name, _, _ := strings.Cut(rest, " ")
		name = strings.TrimPrefix(strings.TrimPrefix(name, "TestConformance/"), "Test")
		if verdict == "PASS" {
			got.add(name, "")
		} else {
			got.add(name, verdict)
		}
	}
	for name := range got { // a test with subtests says nothing that they do not
		if i := strings.LastIndex(name, "/"); i > 0 {
			delete(got, name[:i])
		}
	}
	delete(got, "Conformance")
	return got
}
