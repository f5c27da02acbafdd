package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"example.com/presigned/client"
	"example.com/presigned/client/state"
)

const uploadHelp = `Upload files, and print each one's object key and name, separated by a tab.

"-" is standard input. Files of more than 16 MiB go in parts where the stack offers multipart
uploads. An upload that was interrupted, by Ctrl-C or a kill, is resumed by the same command.
The content type is signed. It is --content-type, or that of the file name's extension.

A folder stands for the regular files in it. Symbolic links in it are left out, with a notice.`

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
		Use:     "upload FILE...",
		Aliases: []string{"put"},
		Short:   "Upload files and folders, or standard input",
		Long:    uploadHelp,
		Args:    someOf("FILE"),
		RunE: func(c *cobra.Command, args []string) error {
			if f.abort {
				return o.runAbort(c.Context(), args)
			}
			return o.runUpload(c.Context(), f, args)
		},
	}
	c.Flags().StringVar(&f.contentType, "content-type", "", "content `type` of all the files")
	c.Flags().StringVar(&f.name, "name", "-", "file `name` of standard input, for its key and content type")
	c.Flags().BoolVar(&f.abort, "abort", false, "abort the interrupted uploads of the files instead")
	c.Flags().Int64Var(&f.multipartAbove, "multipart-above", client.DefaultMultipartAbove, "`bytes` above which a file goes in parts")
	c.Flags().Int64Var(&f.partBytes, "part-bytes", 0, "`bytes` of a part (default the stack's)")
	return c
}

// uploaded is one file in the JSON document.
type uploaded struct {
	File string `json:"file"`
	*client.Result
	outcome
}

func (o *options) runUpload(ctx context.Context, f uploadFlags, args []string) (err error) {
	sources, leftOut, err := sourcesOf(args)
	if err != nil {
		return err
	}
	for _, name := range leftOut {
		o.out.note(fmt.Sprintf("%q is left out: it is not a regular file", name))
	}
	if len(sources) == 0 {
		return fmt.Errorf("no files in %q", args)
	}
	c, err := o.connect(ctx, func(cfg *client.Config) {
		cfg.MultipartAbove, cfg.PartBytes = f.multipartAbove, f.partBytes
	})
	if err != nil {
		return err
	}
	journal, err := o.openJournal(ctx, f, args)
	if err != nil {
		return err
	}
	bar := o.out.startBar(len(sources), totalBytes(sources))
	list := make([]uploaded, len(sources))
	for i, from := range sources {
		list[i].File = from.path
	}
	err = batch(ctx, o, c, "uploads", list, func(ctx context.Context, i int) error {
		result, err := o.send(ctx, c, f, sources[i], journal, bar)
		if err == nil {
			bar.end()
			list[i].Result = &result
			o.out.result("%s\t%s", result.Key, sources[i].path)
		}
		return err
	})
	if journal == nil {
		return err
	}
	if err == nil {
		err = journal.Clear()
	}
	return errors.Join(err, journal.Close())
}

// openJournal opens the journal of this command line. It is nil if there is no folder for it.
func (o *options) openJournal(ctx context.Context, f uploadFlags, args []string) (*client.Journal, error) {
	if o.journals == nil {
		return nil, nil
	}
	name := []string{f.contentType}
	for _, arg := range args {
		path, err := filepath.Abs(arg)
		if err != nil {
			return nil, err
		}
		name = append(name, path)
	}
	journal, err := client.OpenJournal(ctx, o.journals, strings.Join(name, "\x00"), o.app.Clock)
	switch {
	case errors.Is(err, state.ErrBusy):
		return nil, fmt.Errorf("another upload of the same files is under way: %w", err)
	case err != nil && ctx.Err() == nil:
		o.out.note(fmt.Sprintf("this upload cannot be resumed if it is interrupted: %v", err))
		return nil, nil
	case err == nil && journal.Stored() > 0:
		o.out.note(fmt.Sprintf("continuing: %d files are stored already", journal.Stored()))
	}
	return journal, err
}

func (o *options) send(ctx context.Context, c *client.Client, flags uploadFlags, from source, journal *client.Journal, bar *bar) (client.Result, error) {
	if from.path == "-" {
		return c.UploadStream(ctx, client.Stream{Name: flags.name, ContentType: flags.contentType, Content: o.app.In, Progress: bar.add})
	}
	f, err := client.File{}, from.err
	if err == nil {
		f, err = client.OpenFile(from.path)
	}
	if err != nil {
		return client.Result{}, fmt.Errorf("upload %q: %w", from.path, err)
	}
	bar.begin(from.path)
	f.Filename, f.ContentType, f.Journal, f.Progress = from.filename, flags.contentType, journal, bar.add
	f.Held = bar.skip
	result, err := c.Upload(ctx, f)
	return result, errors.Join(err, f.Close())
}

func (o *options) runAbort(ctx context.Context, args []string) error {
	c, err := o.connect(ctx, nil)
	if err != nil {
		return err
	}
	var failures []error
	aborted := []string{}
	for _, arg := range args {
		found, err := c.Abort(ctx, arg)
		switch {
		case err != nil:
			failures = append(failures, err)
		case found:
			aborted = append(aborted, arg)
			o.out.result("aborted\t%s", arg)
		default:
			o.out.note(fmt.Sprintf("%s: no interrupted upload to abort", arg))
		}
	}
	return errors.Join(errors.Join(failures...), o.out.document(map[string]any{"aborted": aborted}))
}
