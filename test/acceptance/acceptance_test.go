package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"example.com/presigned/test/attack"
	"example.com/presigned/test/harness"
)

// dev is the dev stage. The tests open it by its outputs file, as a deployed stack.
var dev *harness.Stack

func TestMain(m *testing.M) {
	os.Exit(harness.Run("local-assembly", func(s *harness.Stack) int {
		dev = s
		return m.Run()
	}))
}

// administrator is the local run's root.
func administrator() *aws.Config {
	return &aws.Config{Credentials: credentials.NewStaticCredentialsProvider(dev.AccessKeyID, dev.SecretAccessKey, "")}
}

func open(t *testing.T, users []attack.Login, admin *aws.Config) *attack.Target {
	t.Helper()
	target, err := attack.Open(t.Context(), attack.Config{Outputs: dev.OutputsFile, Users: users, AWS: admin})
	if err != nil {
		t.Fatal(err)
	}
	return target
}

// bucket is the keys of all objects and started uploads.
func bucket(t *testing.T) []string {
	t.Helper()
	client := dev.Running.Store.Client()
	objects, err := client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &dev.Bucket})
	if err != nil {
		t.Fatal(err)
	}
	uploads, err := client.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &dev.Bucket})
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, o := range objects.Contents {
		keys = append(keys, *o.Key)
	}
	for _, u := range uploads.Uploads {
		keys = append(keys, "upload of "+*u.Key)
	}
	slices.Sort(keys)
	return keys
}

func TestARunLeavesNothingAndSaysHowEachRowWent(t *testing.T) {
	before := bucket(t)
	target := open(t, nil, administrator())
	tables, err := profile("smoke")
	if err != nil {
		t.Fatal(err)
	}
	skipped := skips{"reuse/the same URL twice": "a reason"}
	r := play(t.Context(), target, tables, skipped, io.Discard)
	r.Profile = "smoke"
	if r.Left, err = clean(t.Context(), target); err != nil || len(r.Left) > 0 {
		t.Errorf("left %q, %v", r.Left, err)
	}
	if err := r.verdict(); err != nil {
		t.Error(err)
	}
	if after := bucket(t); !slices.Equal(after, before) {
		t.Errorf("bucket: got %q, want %q", after, before)
	}
	if err := dev.Running.Pool.AddUser(target.Me.Name, "Only-for-this-test-7", false); err != nil {
		t.Errorf("user %s is still there: %v", target.Me.Name, err)
	}
	var printed bytes.Buffer
	if err := r.print(&printed); err != nil {
		t.Fatal(err)
	}
	for _, o := range r.Rows {
		if !strings.Contains(printed.String(), o.Row) {
			t.Errorf("the table misses %s", o.Row)
		}
	}
	if !strings.Contains(printed.String(), "not sent, a reason:\n  reuse/the same URL twice") {
		t.Errorf("the table does not say what was left out:\n%s", printed.String())
	}
	file := filepath.Join(t.TempDir(), "report.json")
	if err := r.write(file); err != nil {
		t.Fatal(err)
	}
	var again report
	text, err := os.ReadFile(file)
	if err = errors.Join(err, json.Unmarshal(text, &again)); err != nil || len(again.Rows) != len(r.Rows) {
		t.Errorf("JSON: got %d rows (%v), want %d", len(again.Rows), err, len(r.Rows))
	}
}

func TestARunThatIsInterruptedLeavesNothing(t *testing.T) {
	before := bucket(t)
	target := open(t, nil, administrator())
	ctx, cancel := context.WithCancel(t.Context())
	tables := attack.Tables()
	at := slices.IndexFunc(tables, func(table attack.Table) bool { return table.Name == "multipart" })
	last := tables[at].Rows[10].Attack
	tables[at].Rows[10].Attack = func(x *attack.Try) harness.Answer {
		cancel()
		return last(x)
	}
	r := play(ctx, target, tables, nil, io.Discard)
	if r.verdict() == nil {
		t.Error("a run that was interrupted is green")
	}
	if left, err := clean(ctx, target); err != nil || len(left) > 0 {
		t.Errorf("left %q, %v", left, err)
	}
	if after := bucket(t); !slices.Equal(after, before) {
		t.Errorf("bucket: got %q, want %q", after, before)
	}
}

func TestWithGivenUsersAndNoCredentialsTheKeysThatStayAreNamed(t *testing.T) {
	before := bucket(t)
	var users []attack.Login
	for _, name := range []string{"janedoe", "richardroe"} {
		user := attack.Login{Username: name, Password: "Only-for-this-test-7"}
		if err := dev.Running.Pool.AddUser(user.Username, user.Password, false); err != nil {
			t.Fatal(err)
		}
		users = append(users, user)
	}
	target := open(t, users, nil)
	tables, err := profile("smoke")
	if err != nil {
		t.Fatal(err)
	}
	r := play(t.Context(), target, tables, nil, io.Discard)
	if err := r.verdict(); err != nil {
		t.Error(err)
	}
	left, err := clean(t.Context(), target)
	if err != nil {
		t.Error(err)
	}
	for _, key := range bucket(t) {
		if slices.Contains(before, key) || strings.HasPrefix(key, "upload of ") {
			continue
		}
		if !slices.Contains(left, key) {
			t.Errorf("%s is in the bucket, and nobody says so: %q", key, left)
		}
		if _, err := dev.Running.Store.Client().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &dev.Bucket, Key: &key}); err != nil {
			t.Error(err)
		}
	}
}

func TestWrongUsageIsToldFromFailure(t *testing.T) {
	var wrong usageError
	for _, o := range []options{{profile: "full"}, {profile: "half", outputs: dev.OutputsFile}} {
		if err := run(t.Context(), o); !errors.As(err, &wrong) {
			t.Errorf("%+v: got %v, want that the usage is wrong", o, err)
		}
	}
	file := filepath.Join(t.TempDir(), "skips.json")
	if err := os.WriteFile(file, []byte(`{"tokens/no such row":"a reason"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), options{profile: "full", skips: file}); err == nil {
		t.Error("a list with a row that does not exist was taken")
	}
}

func TestASecretIsNeitherShownNorWritten(t *testing.T) {
	r := report{Rows: []outcome{{Row: "a row", Failures: []string{"https://s3.example/key?X-Amz-Signature=00"}}}}
	var printed bytes.Buffer
	if err := r.print(&printed); err == nil || printed.Len() > 0 {
		t.Errorf("print: got %v and %d bytes, want a refusal", err, printed.Len())
	}
	if err := r.write(filepath.Join(t.TempDir(), "report")); err == nil {
		t.Error("write: want a refusal")
	}
}
