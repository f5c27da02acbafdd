package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"example.com/presigned/client"
)

const downloadHelp = `Download objects, check them against the checksums that S3 holds, and print each one's
object key and file name, separated by a tab.

` + selectHelp + `

A file gets its name only when it is complete. The files of an uploaded folder are written to a
folder of the same name. The same command resumes an interrupted download, and keeps the files
that are there already.`

type downloadFlags struct {
	output      string
	force       bool
	keepCorrupt bool
	all         bool
	part        int64
}

func (o *options) download() *cobra.Command {
	var f downloadFlags
	c := &cobra.Command{
		Use:               "download KEY...",
		Aliases:           []string{"get"},
		Short:             "Download objects",
		Long:              downloadHelp,
		ValidArgsFunction: o.completeKeys,
		RunE: func(c *cobra.Command, args []string) error {
			if f.output == "-" && len(args) > 1 {
				return &usageError{fmt.Errorf("%d keys for standard output: want one", len(args))}
			}
			if f.all != (len(args) == 0) {
				return &usageError{errors.New("want one KEY or more, or --all")}
			}
			if f.output == "-" && o.out.json {
				return &usageError{errors.New("--json and --output - both want standard output")}
			}
			return o.runDownload(c.Context(), f, args)
		},
	}
	c.Flags().StringVarP(&f.output, "output", "o", "", "`file` or folder to write to; - is standard output (default the name in the key)")
	c.Flags().BoolVar(&f.all, "all", false, "download all your objects")
	c.Flags().BoolVar(&f.force, "force", false, "replace files that exist")
	c.Flags().Int64Var(&f.part, "part-bytes", 0, "`bytes` of the parts that the object was uploaded in, where they are unusual")
	c.Flags().BoolVar(&f.keepCorrupt, "keep-corrupt", false, "keep content whose checksum does not match")
	return c
}

func (o *options) runDownload(ctx context.Context, f downloadFlags, args []string) error {
	c, err := o.connect(ctx, nil)
	if err != nil {
		return err
	}
	keys, err := keysOf(ctx, c, args)
	if err != nil {
		return err
	}
	targets, err := targetsOf(f.output, keys)
	if err != nil {
		return err
	}
	bar := o.out.startBar(len(keys), 0)
	list := make([]downloaded, len(keys))
	for i, key := range keys {
		list[i].Key = key
	}
	return batch(ctx, o, c, "downloads", list, func(ctx context.Context, i int) (err error) {
		d := client.Download{Key: keys[i], Target: targets[i], Overwrite: f.force, PartBytes: f.part, KeepCorrupt: f.keepCorrupt, Progress: bar.grow(targets[i]), Held: bar.skip}
		if list[i].Downloaded, err = o.fetch(ctx, c, d); err == nil {
			bar.end()
		}
		list[i].Key = keys[i]
		return err
	})
}

// downloaded is one object in the JSON document.
type downloaded struct {
	client.Downloaded
	outcome
}

func (o *options) fetch(ctx context.Context, c *client.Client, d client.Download) (client.Downloaded, error) {
	if d.Target == "-" {
		return c.DownloadTo(ctx, d, interruptible{ctx, o.out.out})
	}
	if err := os.MkdirAll(filepath.Dir(d.Target), 0o777); err != nil { //nolint:gosec // the umask decides, as for any program's folders
		return client.Downloaded{}, fmt.Errorf("download %q: %w", d.Key, err)
	}
	got, err := c.DownloadFile(ctx, d)
	if err != nil {
		return got, err
	}
	if got.Verified == "" {
		o.out.note(fmt.Sprintf("%s: not verified: S3 holds no checksum of it, or another one and --keep-corrupt was given", d.Key))
	}
	o.out.result("%s\t%s", got.Key, got.File)
	return got, nil
}

// interruptible is a writer that returns on Ctrl-C, even if a write blocks.
type interruptible struct {
	ctx context.Context
	w   io.Writer
}

func (i interruptible) Write(p []byte) (int, error) {
	p = slices.Clone(p) // the caller uses it again while a write blocks
	return unlessEnded(i.ctx, func() (int, error) { return i.w.Write(p) })
}

// grow returns the Progress function of one object. Its first call adds the object's size to the total.
func (b *bar) grow(name string) func(size, bytes int64) {
	var known atomic.Bool
	return func(size, bytes int64) {
		if !known.Swap(true) {
			b.begin(name)
			b.total.Add(size)
		}
		b.add(bytes)
	}
}

// targetsOf returns the file to write for each key: the name in the key, with its folders, or the key's last segment. The file
// is always in the output folder, and no two keys have the same file.
func targetsOf(output string, keys []string) ([]string, error) {
	if output == "-" && len(keys) > 1 {
		return nil, &usageError{fmt.Errorf("%d keys for standard output: want one", len(keys))}
	}
	targets := make([]string, len(keys))
	info, err := os.Stat(output)
	folder := err == nil && info.IsDir() || strings.HasSuffix(output, "/")
	seen := map[string]bool{}
	for i, key := range keys {
		name := client.NameOf(key)
		if !isFileName(name) || seen[name] {
			name = path.Base(key)
		}
		seen[name] = true
		switch {
		case output == "" || folder:
			targets[i] = filepath.Join(output, filepath.FromSlash(name))
		case len(keys) > 1:
			return nil, &usageError{fmt.Errorf("--output %q for %d keys: want a folder that exists, or a name that ends with \"/\"", output, len(keys))}
		default:
			targets[i] = output
		}
	}
	return targets, nil
}

// isFileName reports whether a file of this name is inside the output folder, on every system.
func isFileName(name string) bool {
	return name != "." && name == path.Clean(name) && filepath.IsLocal(filepath.FromSlash(name))
}
