package cli

import (
	"context"

	"github.com/spf13/cobra"
)

const deleteHelp = `Delete objects, and print the object key of each.

` + selectHelp + `

Afterwards there is no object of that key. S3 doesn't say whether there was one before.
Ask the stack's administrators whether a deleted object can be restored, and for how long.`

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
	Key string `json:"key"`
	outcome
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
	list := make([]deletion, len(keys))
	for i, key := range keys {
		list[i].Key = key
	}
	return batch(ctx, o, c, "deletions", list, func(ctx context.Context, i int) error {
		err := c.Delete(ctx, keys[i])
		if err == nil {
			o.out.result("deleted\t%s", keys[i])
		}
		return err
	})
}
