package cli

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"example.com/presigned/client"
	"example.com/presigned/client/settings"
)

const about = `presigned moves files directly between this machine and a private S3 bucket, by URLs
that the stack presigns for the signed-in user.

Each setting of the stack comes from 1, else from 2. The rest comes from 3, else from 4, else from 5:
  1. its flag, such as --upload-url
  2. its environment variable, such as PRESIGNED_UPLOAD_URL
  3. the outputs file of "cdk deploy --outputs-file", named by --outputs or PRESIGNED_OUTPUTS
  4. the local run's build/local-outputs.json, in this folder or one above
  5. the stack of the last sign-in
If 3 or 5 have several stacks, --stack or PRESIGNED_STACK names one of them.`

func (o *options) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "presigned",
		Short:         "Move files to and from a private S3 bucket by presigned URLs",
		Long:          about,
		Version:       version(),
		SilenceErrors: true, // printed once, by Run
		SilenceUsage:  true,
		Args: wrongUsage(func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &unknownCommand{args[0], c.SuggestionsFor(args[0])}
			}
			return nil
		}),
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SuggestionsMinimumDistance = 2 // Cobra's default, which SuggestionsFor does not set
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	o.commonFlags(root)
	root.AddCommand(o.upload(), o.download(), o.list(), o.delete(), o.login(), o.logout(), o.whoami(), o.version())
	return root
}

func (o *options) commonFlags(root *cobra.Command) {
	f := root.PersistentFlags()
	f.StringVar(&o.outputs, "outputs", "", "outputs `file` of cdk deploy --outputs-file")
	f.StringVar(&o.stack, "stack", "", "`name` of the stack, if the outputs file or your earlier sign-ins have several")
	for _, s := range settings.All() {
		o.flags[s.Flag] = f.String(s.Flag, "", s.Help)
	}
	f.BoolVar(&o.out.json, "json", false, "print the result as one JSON document")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "say how many requests to the API were sent")
	f.BoolVarP(&o.out.quiet, "quiet", "q", false, "no progress and no notices")
	f.IntVar(&o.parallel, "parallel", client.DefaultParallel, "`number` of requests to S3 at once")
	f.IntVar(&o.tries, "tries", 0, "`number` of times that a request is sent before the command gives up (default 9)")
}

// unknownCommand is a mistyped command.
type unknownCommand struct {
	name  string
	alike []string
}

func (u *unknownCommand) Error() string { return fmt.Sprintf("unknown command %q", u.name) }

func (o *options) version() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  wrongUsage(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			return o.out.answer("presigned "+version(), map[string]any{"version": version()})
		},
	}
}

// version is the module's, as the go command stamped it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return "(unknown)"
}
