// Acceptance sends the rows of package attack to a deployed stack and compares the answers. `make acceptance` runs it:
//
//	acceptance -outputs build/outputs-dev.json -profile full
//
// It needs AWS credentials, from the usual places, to make two users and to delete them and what they uploaded; or two
// users in ACCEPTANCE_USERNAME, ACCEPTANCE_PASSWORD, ACCEPTANCE_OTHER_USERNAME and ACCEPTANCE_OTHER_PASSWORD.
//
// The table goes to standard output. Exit codes: 0 every row is as it should be, 1 a row is not or something is left, 2
// wrong usage.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"

	"example.com/presigned/test/attack"
	"example.com/presigned/test/harness"
)

// patience is for one run of either profile: a hang must end by itself. cleaning is for removing what it made, also
// after Ctrl-C.
const (
	patience = 20 * time.Minute
	cleaning = 2 * time.Minute
	looking  = 10 * time.Second // for credentials, which a machine may be asked for that does not answer
)

// options are those of the command line.
type options struct {
	outputs, profile, skips, report string
}

func main() {
	var o options
	flag.StringVar(&o.outputs, "outputs", "", "`file` that cdk deploy --outputs-file, or the local run, wrote")
	flag.StringVar(&o.profile, "profile", "full", "which rows: `smoke` or full")
	flag.StringVar(&o.skips, "skips", "", "JSON `file` of rows to leave out, each with the reason")
	flag.StringVar(&o.report, "report", "", "write the result to this JSON `file`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, o)
	var wrong usageError
	switch {
	case errors.As(err, &wrong):
		fmt.Fprintln(os.Stderr, "acceptance:", err, "\nhint: acceptance -help lists the flags")
		stop()
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "acceptance:", err)
		stop()
		os.Exit(1)
	}
}

// usageError is an error in how the command was called.
type usageError struct{ error }

func run(ctx context.Context, o options) error {
	tables, err := profile(o.profile)
	if err != nil {
		return usageError{err}
	}
	skips, err := readSkips(o.skips)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	target, err := o.open(ctx)
	if err != nil {
		return err
	}
	r := play(ctx, target, tables, skips, os.Stderr)
	r.Profile = o.profile
	r.Left, err = clean(ctx, target)
	return errors.Join(r.print(os.Stdout), r.verdict(), err, r.write(o.report))
}

// clean removes what the rows made, whatever has ended the run.
func clean(ctx context.Context, target *attack.Target) ([]string, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleaning)
	defer cancel()
	return target.Close(ctx)
}

// open opens the target.
func (o options) open(ctx context.Context) (*attack.Target, error) {
	if o.outputs == "" {
		return nil, usageError{errors.New("no stack: want -outputs")}
	}
	c := attack.Config{Outputs: o.outputs}
	for _, prefix := range []string{"ACCEPTANCE_", "ACCEPTANCE_OTHER_"} {
		login := attack.Login{Username: os.Getenv(prefix + "USERNAME"), Password: os.Getenv(prefix + "PASSWORD")}
		if login.Username != "" {
			harness.Know("a password", login.Password)
			c.Users = append(c.Users, login)
		}
	}
	if len(c.Users) == 1 {
		return nil, usageError{errors.New("one user: want two, or none")}
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
	return attack.Open(ctx, c)
}
