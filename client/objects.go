package client

import (
	"context"
	"encoding/xml"
	"fmt"
	"iter"
	"time"

	"example.com/presigned/client/internal/wire"
)

// Listed is one of the caller's objects.
type Listed struct {
	Key          string    `json:"key" xml:"Key"`
	Name         string    `json:"name,omitempty" xml:"-"` // from the key
	Size         int64     `json:"size" xml:"Size"`        // bytes
	LastModified time.Time `json:"lastModified" xml:"LastModified"`
}

// List returns the caller's objects in the order of their keys, which is the order of their uploads. The sequence ends
// with the first error.
func (c *Client) List(ctx context.Context) iter.Seq2[Listed, error] {
	return func(yield func(Listed, error) bool) {
		token := ""
		for {
			page, err := c.listPage(ctx, token)
			if err != nil {
				yield(Listed{}, fmt.Errorf("list: %w", err))
				return
			}
			for _, o := range page.Objects {
				o.Name = NameOf(o.Key)
				if !yield(o, nil) {
					return
				}
			}
			if token = page.Next; !page.Truncated || token == "" {
				return
			}
		}
	}
}

type listPage struct {
	XMLName   xml.Name `xml:"ListBucketResult"`
	Objects   []Listed `xml:"Contents"`
	Truncated bool     `xml:"IsTruncated"`
	Next      string   `xml:"NextContinuationToken"`
}

func (c *Client) listPage(ctx context.Context, token string) (page listPage, err error) {
	if c.cfg.DownloadURL == "" {
		return page, ErrNoDownloads
	}
	urls := c.urls(c.download, wire.Operation{Name: "listObjectsV2", ContinuationToken: token})
	err = c.exchange(ctx, "list", urls, nil, &page)
	return page, err
}

// Delete deletes one of the caller's own objects. Concurrent calls share requests to the endpoint. Without an error, the
// key has no object now. S3 doesn't say whether it had one.
func (c *Client) Delete(ctx context.Context, key string) (err error) {
	defer annotate(&err, "delete", key)
	if c.cfg.DeleteURL == "" {
		return ErrNoDeletion
	}
	urls, done, err := c.deletes.begin(ctx, wire.Operation{Name: "deleteObject", Key: key})
	if err != nil {
		return err
	}
	defer done()
	return c.exchange(ctx, "delete", urls, nil, nil)
}
