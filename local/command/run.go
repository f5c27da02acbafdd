package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"example.com/presigned/local/stack"
)

func runCommand(streams IO) *cobra.Command {
	var cfg stack.Config
	var asJSON, exitWithStdin, verbose bool
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Serve the stack until Ctrl-C",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			if exitWithStdin {
				ctx = untilEOF(ctx, streams.In)
			}
			for _, name := range []string{"api", "s3", "cognito", "page", "outputs"} {
				if !cmd.Flags().Changed(name) {
					cfg.Movable = append(cfg.Movable, name)
				}
			}
			cfg.Log, cfg.Now = streams.Err, time.Now
			return serve(ctx, cfg, streams, asJSON, verbose)
		},
	}
	assemblyFlags(cmd.Flags(), &cfg)
	addressFlags(cmd.Flags(), &cfg)
	cmd.Flags().BoolVar(&asJSON, "json", false, "when ready, print one line of JSON instead of the summary")
	cmd.Flags().BoolVar(&verbose, "verbose", false, "also print every address, the keys of the local S3, and what is not enforced locally")
	cmd.Flags().BoolVar(&exitWithStdin, "exit-with-stdin", false, "end when standard input closes, so that nothing outlives a dead test")
	return cmd
}

// serve runs the stack until ctx ends.
func serve(ctx context.Context, cfg stack.Config, streams IO, asJSON, verbose bool) (err error) {
	start := time.Now()
	s, err := stack.Start(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if len(s.Taken) > 0 {
		_, _ = fmt.Fprintf(cfg.Log, "ports already in use: %s; this run has others, below\n", strings.Join(s.Taken, ", "))
	}
	printNotServed(cfg.Log, s.NotEnforced)
	if verbose {
		printNotEnforced(cfg.Log, s.NotEnforced)
	}
	if asJSON {
		//nolint:gosec // G117: the demo user's password is what the reader of this line needs, and ends with this run
		err = json.NewEncoder(streams.Out).Encode(s.Summary)
	} else {
		err = printSummary(streams.Out, s, time.Since(start), verbose)
	}
	if err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// untilEOF returns a context that ends with ctx, or when in does.
func untilEOF(ctx context.Context, in io.Reader) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		_, _ = io.Copy(io.Discard, in)
	}()
	return ctx
}

// assemblyFlags say what to serve.
func assemblyFlags(f *pflag.FlagSet, cfg *stack.Config) {
	f.StringVar(&cfg.Assembly, "assembly", "build/local-assembly", "folder that `cdk synth` wrote")
	f.StringVar(&cfg.Data, "data", "", "keep the objects in this folder (default: a temporary one)")
}

// addressFlags say where. The run listens on loopback only. --webhook and --s3-endpoint may be any URL.
func addressFlags(f *pflag.FlagSet, cfg *stack.Config) {
	f.StringVar(&cfg.API, "api", "127.0.0.1:8080", "address of the REST API; port 0 takes a free one, and so does each address that you leave out if its port is taken")
	f.StringVar(&cfg.S3, "s3", "127.0.0.1:8081", "address of S3")
	f.StringVar(&cfg.S3Endpoint, "s3-endpoint", "", "URL of a relay before S3, to be signed instead of S3's own")
	f.StringVar(&cfg.Cognito, "cognito", "127.0.0.1:8082", "address of Cognito")
	f.StringVar(&cfg.Page, "page", "127.0.0.1:8083", "address of the page")
	f.StringVar(&cfg.PageDir, "page-dir", "web/dist", "folder of the built page")
	f.StringVar(&cfg.Webhook, "webhook", "", "URL of your back end, which gets a POST for each completed upload")
	f.StringVar(&cfg.WebhookSecret, "webhook-secret", "local-secret", "secret that the webhook is sent in its header, X-Webhook-Secret unless the stage has another")
	f.StringVar(&cfg.OutputsFile, "outputs", "build/local-outputs.json", "write the stack's outputs to this file")
}
