package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"example.com/presigned/client"
	"example.com/presigned/client/state"
)

const uploadHelp = `Upload files, and print each one's object key and name, separated by a tab.

"-" is standard input. Files of more than 16 MiB go in parts where the stack offers multipart
uploads. An upload that was interrupted, by Ctrl-C or a kill, is resumed by the same command.
The content type is signed: it is that of the file name's extension unless --content-type
says otherwise.`

type uploadFlags struct {
	contentType    string
	name           string
	abort          bool
	partBytes      int64
	multipartAbove int64
}

func (o *options) upload() *cobra.Command {
	var f uploadFlags
	c := &cobra.Command{
		Use:   "upload FILE...",
		Short: "Upload files, or standard input",
		Long:  uploadHelp,
		Args:  someOf("FILE"),
		RunE: func(c *cobra.Command, args []string) error {
			if f.abort {
				return o.runAbort(c.Context(), args)
			}
			return o.runUpload(c.Context(), f, args)
		},
	}
	c.Flags().StringVar(&f.contentType, "content-type", "", "content `type` of all the files")
	c.Flags().StringVar(&f.name, "name", "-", "file `name` of standard input, for its content type")
	c.Flags().BoolVar(&f.abort, "abort", false, "drop the interrupted uploads of the files instead")
	c.Flags().Int64Var(&f.multipartAbove, "multipart-above", client.DefaultMultipartAbove, "`bytes` above which a file goes in parts")
	c.Flags().Int64Var(&f.partBytes, "part-bytes", 0, "`bytes` of a part (default the stack's)")
	return c
}

// uploaded is one file in the JSON document.
type uploaded struct {
	File string `json:"file"`
	*client.Result
	Error string `json:"error,omitempty"`
}

// batch is several uploads side by side.
type batch struct {
	o       *options
	c       *client.Client
	flags   uploadFlags
	bar     *bar
	results []uploaded // in the order of the arguments

	mu       sync.Mutex
	failures []error
}

func (o *options) runUpload(ctx context.Context, f uploadFlags, args []string) error {
	c, err := o.connect(ctx, func(cfg *client.Config) {
		cfg.MultipartAbove, cfg.PartBytes = f.multipartAbove, f.partBytes
	})
	if err != nil {
		return err
	}
	bar, stop := o.out.startBar(totalBytes(args))
	b := &batch{o: o, c: c, flags: f, bar: bar, results: make([]uploaded, len(args))}
	err = b.run(ctx, args)
	stop()
	return errors.Join(err, o.out.document(map[string]any{"uploads": b.results}))
}

func (b *batch) run(ctx context.Context, args []string) error {
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(b.o.parallel)
	for i, arg := range args {
		b.results[i].File = arg
		if inner.Err() != nil {
			b.results[i].Error = "not begun"
			continue
		}
		group.Go(func() error { return b.one(inner, i, arg) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	if len(b.failures) == 1 {
		return b.failures[0]
	}
	for _, err := range b.failures {
		b.o.out.failed(err, b.o.hint(err))
	}
	if len(b.failures) > 0 {
		return fmt.Errorf("%d of %d uploads failed", len(b.failures), len(args))
	}
	return nil
}

// one uploads one file. It returns an error only where the other files would fail of the same cause.
func (b *batch) one(ctx context.Context, i int, arg string) error {
	result, err := b.send(ctx, arg)
	if err == nil {
		b.results[i].Result = &result
		b.o.out.result("%s\t%s", result.Key, arg)
		return nil
	}
	b.results[i].Error = err.Error()
	if !ownFault(err) {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures = append(b.failures, err)
	return nil
}

func (b *batch) send(ctx context.Context, arg string) (client.Result, error) {
	if arg == "-" {
		return b.c.UploadStream(ctx, client.Stream{
			Name: b.flags.name, ContentType: b.flags.contentType, Content: b.o.app.In, Progress: b.bar.add,
		})
	}
	f, err := client.OpenFile(arg)
	if err != nil {
		return client.Result{}, fmt.Errorf("upload %q: %w", arg, err)
	}
	f.ContentType, f.Progress = b.flags.contentType, b.bar.add
	result, err := b.c.Upload(ctx, f)
	return result, errors.Join(err, f.Close())
}

// ownFault reports that the cause lies with the one file: the others may go on.
func ownFault(err error) bool {
	var path *fs.PathError
	var problem *client.Problem
	return errors.As(err, &path) || errors.Is(err, client.ErrChanged) || errors.Is(err, client.ErrTooLarge) ||
		errors.Is(err, state.ErrBusy) ||
		errors.As(err, &problem) && (problem.Status == 400 || problem.Status == 413 || problem.Status == 415)
}

func (o *options) runAbort(ctx context.Context, args []string) error {
	c, err := o.connect(ctx, nil)
	if err != nil {
		return err
	}
	var failures []error
	dropped := []string{}
	for _, arg := range args {
		found, err := c.Abort(ctx, arg)
		switch {
		case err != nil:
			failures = append(failures, err)
		case found:
			dropped = append(dropped, arg)
			o.out.result("aborted\t%s", arg)
		default:
			o.out.note(fmt.Sprintf("%s: no interrupted upload to abort", arg))
		}
	}
	return errors.Join(errors.Join(failures...), o.out.document(map[string]any{"aborted": dropped}))
}
