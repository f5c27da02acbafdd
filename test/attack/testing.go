package attack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

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
		left, err := x.Close(ctx)
		if err := errors.Join(err, nothingLeft(ctx, s, x.Me.Name)); err != nil || len(left) > 0 {
			fmt.Fprintln(os.Stderr, "FAIL: left in the bucket:", left, err)
			code = 1
		}
		return code
	})
}

// nothingLeft fails if Close has left an object, an upload or the user.
func nothingLeft(ctx context.Context, s *harness.Stack, username string) error {
	client := s.Running.Store.Client()
	objects, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &s.Bucket})
	if err != nil {
		return err
	}
	uploads, err := client.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: &s.Bucket})
	if err != nil {
		return err
	}
	for _, o := range objects.Contents {
		err = errors.Join(err, fmt.Errorf("object %q", *o.Key))
	}
	for _, u := range uploads.Uploads {
		err = errors.Join(err, fmt.Errorf("upload of %q", *u.Key))
	}
	return errors.Join(err, s.Running.Pool.AddUser(username, "Only-for-this-test-7", false)) // as if there had never been one
}

// Named has all tables with a name.
func Named(t *testing.T, name string) []Table {
	t.Helper()
	var found []Table
	for _, table := range Tables() {
		if table.Name == name {
			found = append(found, table)
		}
	}
	if found == nil {
		t.Fatalf("no table is named %q", name)
	}
	return found
}

// RunTables runs the rows of tables on a target, which must offer what they need, except those that skip has, with the reason.
func RunTables(ctx context.Context, t *testing.T, x *Target, tables []Table, skip map[string]string) {
	t.Helper()
	for _, table := range tables {
		t.Run(table.Name, func(t *testing.T) {
			for _, r := range table.Rows {
				t.Run(r.Name, func(t *testing.T) {
					t.Parallel()
					if why := skip[table.ID(r)]; why != "" {
						t.Skipf("%s: not sent, %s", table.ID(r), why)
					}
					if why := x.WhyNot(table); why != "" {
						t.Fatalf("the target does not offer %s", why)
					}
					report(t, table.ID(r)+": ", r.Guard, Judge(ctx, x, table, r))
				})
			}
		})
	}
}

// reporter is a *testing.T.
type reporter interface {
	Helper()
	Log(args ...any)
	Error(args ...any)
}

// report adds a row's failures to a test, but no secret that is in one.
func report(t reporter, row, guard string, result Result) {
	t.Helper()
	if result.Failures == nil {
		t.Log(row + result.Got + ": " + guard)
	}
	for _, failure := range result.Failures {
		if leaks := harness.Secrets("a failure", failure); len(leaks) > 0 {
			failure = fmt.Sprint(leaks)
		}
		t.Error(row + failure)
	}
}
