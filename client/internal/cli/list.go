package cli

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

const listHelp = `List your objects, the newest first: key, size, time, file name. With KEY those that it names.

` + selectHelp

func (o *options) list() *cobra.Command {
	var limit int
	c := &cobra.Command{
		Use:               "list [KEY...]",
		Aliases:           []string{"ls"},
		Short:             "List your objects",
		Long:              listHelp,
		ValidArgsFunction: o.completeKeys,
		RunE: func(c *cobra.Command, args []string) error {
			if limit < 0 {
				return &usageError{fmt.Errorf("--limit: got %d, want 1 or more, or 0 for all", limit)}
			}
			return o.runList(c.Context(), args, limit)
		},
	}
	c.Flags().IntVarP(&limit, "limit", "n", 0, "`number` of objects to list (default all)")
	return c
}

func (o *options) runList(ctx context.Context, args []string, limit int) error {
	c, err := o.connect(ctx, nil)
	if err != nil {
		return err
	}
	objects, err := listed(ctx, c)
	if err != nil {
		return err
	}
	if len(args) > 0 {
		if objects, err = choose(objects, args, false); err != nil {
			return err
		}
	}
	if limit > 0 {
		objects = objects[:min(limit, len(objects))]
	}
	o.summary(c)
	if o.out.json {
		return o.out.document(map[string]any{"objects": objects})
	}
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	for _, object := range objects {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s", object.Key, humanBytes(object.Size), object.LastModified.UTC().Format(time.RFC3339))
		if object.Name != "" {
			_, _ = fmt.Fprintf(w, "\t%s", object.Name)
		}
		_, _ = fmt.Fprintln(w)
	}
	_ = w.Flush() // a strings.Builder takes everything
	if len(objects) > 0 {
		o.out.print(strings.TrimSuffix(table.String(), "\n"))
	}
	return nil
}
