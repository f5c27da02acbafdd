package cli

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"example.com/presigned/client"
)

func (o *options) list() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List your objects",
		Long:  "List your objects in the order of their upload: key, content length in bytes, time, file name.",
		Args:  wrongUsage(cobra.NoArgs),
		RunE:  func(c *cobra.Command, _ []string) error { return o.runList(c.Context()) },
	}
}

func (o *options) runList(ctx context.Context) error {
	c, err := o.connect(ctx, nil)
	if err != nil {
		return err
	}
	objects := []client.Listed{}
	for object, err := range c.List(ctx) {
		if err != nil {
			return err
		}
		objects = append(objects, object)
	}
	if o.out.json {
		return o.out.document(map[string]any{"objects": objects})
	}
	w := tabwriter.NewWriter(o.out.out, 0, 0, 2, ' ', 0)
	for _, object := range objects {
		_, _ = fmt.Fprintf(w, "%s\t%d\t%s", object.Key, object.Size, object.LastModified.UTC().Format(time.RFC3339))
		if object.Name != "" {
			_, _ = fmt.Fprintf(w, "\t%s", object.Name)
		}
		_, _ = fmt.Fprintln(w)
	}
	return w.Flush()
}
