package client

import (
	"context"
	"fmt"

	"example.com/presigned/client/internal/wire"
)

// Delete deletes one of the caller's own objects. Calls side by side share requests to the endpoint. Without an error there
// is no object of that key now. S3 doesn't say whether there was one.
func (c *Client) Delete(ctx context.Context, key string) error {
	if c.cfg.DeleteURL == "" {
		return fmt.Errorf("delete %q: %w", key, ErrNoDeletion)
	}
	urls := &urlSource{ask: func(ctx context.Context) (wire.Presigned, error) {
		url, err := c.deletes.presign(ctx, wire.Operation{Name: "deleteObject", Key: key})
		if err == nil {
			c.deletes.used()
		}
		return url, err
	}}
	_, err := do(ctx, c, "delete", urls, func(url wire.Presigned) (none struct{}, err error) {
		release, err := c.slot(ctx)
		if err != nil {
			return none, err
		}
		defer release()
		return none, c.exchange(ctx, url, nil, nil)
	})
	if err != nil {
		return fmt.Errorf("delete %q: %w", key, err)
	}
	return nil
}
