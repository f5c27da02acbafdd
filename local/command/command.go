// Package command is the command line of the local run.
//
// Output rules: the result goes to standard output, everything else to standard error. An error is one sentence that
// says what failed, what was received and what is allowed; a second line "hint:" says what to do.
// Exit codes: 0 done, 1 failed, 2 wrong usage.
package command

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// IO are the standard streams. Err is written to at the same time by several goroutines, one Write for each line, as an
// [os.File] allows.
type IO struct {
	In       io.Reader
	Out, Err io.Writer
}

// Run runs the command line until it is done or ctx ends, and returns the exit code.
func Run(ctx context.Context, args []string, streams IO) int {
	usageOK := false // the arguments were right, so a later error is a failure and not wrong usage
	root := &cobra.Command{
		Use:               "local",
		Short:             "Run the synthesized stack on this machine: no AWS account, no docker",
		SilenceUsage:      true,
		SilenceErrors:     true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		Args:              cobra.NoArgs,
		PersistentPreRun:  func(*cobra.Command, []string) { usageOK = true },
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	root.SetArgs(args)
	root.AddCommand(runCommand(streams), demoCommand(streams))
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	_, _ = fmt.Fprintln(streams.Err, "local:", err)
	if !usageOK {
		_, _ = fmt.Fprintln(streams.Err, "hint: `local help` lists the commands and their flags")
		return 2
	}
	return 1
}
