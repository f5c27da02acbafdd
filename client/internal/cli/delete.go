package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"example.com/presigned/client"
)

const deleteHelp = `Delete objects, and print the object key of each.

` + selectHelp + `

Afterwards there is no object of that key. S3 doesn't say whether there was one before.
Whether what was deleted can be restored, and how long, the stack's administrators know.`

func (o *options) delete() *cobra.Command {
	return &cobra.Command{
		Use:     "delete KEY...",
		Aliases: []string{"rm"},
		Short:   "Delete objects",
		Long:    deleteHelp,
		Args:    someOf("KEY"),
		RunE:    func(c *cobra.Command, args []string) error { return o.runDelete(c.Context(), args) },

		ValidArgsFunction: o.completeKeys,
	}
}

// deletion is one object in the JSON document.
type deletion struct {
	Key   string `json:"key"`
	Error string `json:"error,omitempty"`
}

func (o *options) runDelete(ctx context.Context, args []string) error {
	c, err := o.connect(ctx, nil)
	if err != nil {
		return err
	}
	keys, err := keysOf(ctx, c, args)
	if err != nil {
		return err
	}
	errs, err := o.batch(ctx, len(keys), max(o.parallel, client.FilesAhead), "deletions", func(ctx context.Context, i int) error {
		if err := c.Delete(ctx, keys[i]); err != nil {
			return err
		}
		o.out.result("deleted\t%s", keys[i])
		return nil
	})
	o.summary(c)
	list := make([]deletion, len(keys))
	for i, key := range keys {
		list[i] = deletion{key, said(errs[i])}
	}
	return errors.Join(err, o.out.document(map[string]any{"deletions": list}))
}
