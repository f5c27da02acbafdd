package attack

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"

	"example.com/presigned/test/harness"
)

// `make acceptance` builds this package's tests as a program, which sends the rows to a deployed stack:
//
//	acceptance -test.v -test.run TestADeployedStack -outputs build/outputs-dev.json
//
// It needs AWS credentials, from the usual places, to make two users and to delete them and what they uploaded; or two
// users in ACCEPTANCE_USERNAME, ACCEPTANCE_PASSWORD, ACCEPTANCE_OTHER_USERNAME and ACCEPTANCE_OTHER_PASSWORD.
//
// Exit codes: 0 every row is as it should be, 1 a row is not or something is left, 2 wrong usage.
var (
	outputsFile = flag.String("outputs", "", "`file` that cdk deploy --outputs-file, or the local run, wrote")
	short       = flag.Bool("smoke", false, "send the rows of the short profile alone")
	skipsFile   = flag.String("skips", "", "JSON `file` of rows to leave out, each with the reason")
)

// patience is for one run of either profile: a hang must end by itself. cleaning is for removing what it made, also
// after Ctrl-C.
const (
	patience = 20 * time.Minute
	cleaning = 2 * time.Minute
	looking  = 10 * time.Second // for credentials, which a machine may be asked for that does not answer
)

var errUsers = errors.New("one user: want two, or none")

// running ends with Ctrl-C.
var running = context.Background()

func deployed(m *testing.M) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	running = ctx
	var err error
	if target, err = openDeployed(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "acceptance:", err)
		if err == errUsers {
			return 2
		}
		return 1
	}
	code := m.Run()
	ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), cleaning)
	defer cancel()
	left, err := target.Close(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "acceptance:", err)
		code = 1
	}
	if len(left) > 0 {
		fmt.Printf("perhaps in the bucket, because only an administrator deletes objects: %q\n", left)
	}
	return code
}

func openDeployed(ctx context.Context) (*Target, error) {
	c := Config{Outputs: *outputsFile}
	for _, prefix := range []string{"ACCEPTANCE_", "ACCEPTANCE_OTHER_"} {
		login := Login{os.Getenv(prefix + "USERNAME"), os.Getenv(prefix + "PASSWORD")}
		if login.Username != "" {
			harness.Know("a password", login.Password)
			c.Users = append(c.Users, login)
		}
	}
	if len(c.Users) == 1 {
		return nil, errUsers
	}
	aws, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, err
	}
	brief, cancel := context.WithTimeout(ctx, looking)
	defer cancel()
	if credentials, err := aws.Credentials.Retrieve(brief); err == nil {
		harness.Know("a secret key", credentials.SecretAccessKey)
		c.AWS = &aws
	}
	return Open(ctx, c)
}

func TestADeployedStack(t *testing.T) {
	if *outputsFile == "" {
		t.Skip("make acceptance runs it")
	}
	skips, err := readSkips(*skipsFile)
	if err != nil {
		t.Fatal(err)
	}
	tables := Tables()
	if *short {
		tables = smoke()
	}
	target.leaveOut(tables, skips)
	sent := func(table Table) bool {
		return slices.ContainsFunc(table.Rows, func(r Row) bool { return skips[table.ID(r)] == "" })
	}
	if !slices.ContainsFunc(tables, sent) {
		t.Fatal("every row is left out: want at least one")
	}
	RunTables(running, t, target, tables, skips)
}

// smoke has the tables of the short profile, with its rows.
func smoke() []Table {
	var short []Table
	for _, table := range Tables() {
		table.Rows = slices.DeleteFunc(table.Rows, func(r Row) bool { return !slices.Contains(Smoke(), table.ID(r)) })
		short = append(short, table)
	}
	return short
}

// leaveOut adds to skips the rows that need what the target lacks.
func (x *Target) leaveOut(tables []Table, skips map[string]string) {
	for _, table := range tables {
		why := x.WhyNot(table)
		if why == "" {
			continue
		}
		for _, r := range table.Rows {
			skips[table.ID(r)] = why
		}
	}
}

// readSkips reads the rows that a target is known not to do, each with the reason. "" is no file.
func readSkips(file string) (map[string]string, error) {
	skips := map[string]string{}
	if file == "" {
		return skips, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &skips); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	known := rowIDs()
	for id := range skips {
		if known[id] == 0 {
			return nil, fmt.Errorf("%s: no row is named %q", file, id)
		}
	}
	return skips, nil
}

// rowIDs counts the rows of each ID.
func rowIDs() map[string]int {
	seen := map[string]int{}
	for _, table := range Tables() {
		for _, r := range table.Rows {
			seen[table.ID(r)]++
		}
	}
	return seen
}
