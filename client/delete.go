package client

import (
	"context"
	"fmt"

	"example.com/presigned/client/internal/wire"
)

// Delete deletes one of the caller's own objects. Concurrent calls share requests to the endpoint. Without an error, the
// key has no object now. S3 doesn't say whether it had one.
func (c *Client) Delete(ctx context.Context, key string) error {
	err := c.delete(ctx, key)
	if err != nil {
		return fmt.Errorf("delete %q: %w", key, err)
	}
	return nil
}

func (c *Client) delete(ctx context.Context, key string) error {
	if c.cfg.DeleteURL == "" {
		return ErrNoDeletion
	}
	urls, done, err := c.deletes.begin(ctx, wire.Operation{Name: "deleteObject", Key: key})
	if err != nil {
		return err
	}
	defer done()
	_, err = do(ctx, c, "delete", urls, func(url wire.Presigned) (none struct{}, err error) {
		return none, c.exchange(ctx, url, nil, nil)
	})
	return err
}
