package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"example.com/presigned/client"
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

func (o *options) runUpload(ctx context.Context, f uploadFlags, args []string) error {
	c, err := o.connect(ctx, func(cfg *client.Config) {
		cfg.MultipartAbove, cfg.PartBytes = f.multipartAbove, f.partBytes
	})
	if err != nil {
		return err
	}
	bar, stop := o.out.startBar(totalBytes(args))
	list := make([]uploaded, len(args))
	errs, err := o.batch(ctx, len(args), "uploads", func(ctx context.Context, i int) error {
		result, err := o.send(ctx, c, f, args[i], bar)
		if err == nil {
			list[i].Result = &result
			o.out.result("%s\t%s", result.Key, args[i])
		}
		return err
	})
	stop()
	for i := range list {
		list[i].File, list[i].Error = args[i], said(errs[i])
	}
	return errors.Join(err, o.out.document(map[string]any{"uploads": list}))
}

func (o *options) send(ctx context.Context, c *client.Client, flags uploadFlags, arg string, bar *bar) (client.Result, error) {
	if arg == "-" {
		return c.UploadStream(ctx, client.Stream{Name: flags.name, ContentType: flags.contentType, Content: o.app.In, Progress: bar.add})
	}
	f, err := client.OpenFile(arg)
	if err != nil {
		return client.Result{}, fmt.Errorf("upload %q: %w", arg, err)
	}
	f.ContentType, f.Progress = flags.contentType, bar.add
	result, err := c.Upload(ctx, f)
	return result, errors.Join(err, f.Close())
}

// totalBytes adds up the files' sizes for the progress bar; negative when one is standard input. A file
// that cannot be read is reported when its turn comes.
func totalBytes(paths []string) (total int64) {
	for _, p := range paths {
		if p == "-" {
			return -1
		}
		if info, err := os.Stat(p); err == nil {
			total += info.Size()
		}
	}
	return total
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
