package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"golang.org/x/sync/errgroup"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/session"
)

// errNotBegun is the error of an item that was not tried, because another failed with an error that it would get too.
var errNotBegun = errors.New("not begun")

// outcome is the last field of each item in a JSON document.
type outcome struct {
	Error string `json:"error,omitempty"`
}

func (o *outcome) fail(err error) { o.Error = err.Error() }

// batch calls one for each item, concurrently, and prints the items as the JSON document. An item that fails does not stop
// the others, unless they would get the same error.
func batch[T any, P interface {
	*T
	fail(error)
}](ctx context.Context, o *options, c *client.Client, what string, items []T, one func(ctx context.Context, i int) error) error {
	errs := make([]error, len(items))
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(max(o.parallel, client.FilesAhead))
	for i := range items {
		group.Go(func() error {
			errs[i] = errNotBegun
			if inner.Err() == nil {
				errs[i] = one(inner, i)
			}
			if affectsAll(errs[i]) {
				return errs[i]
			}
			return nil
		})
	}
	err := group.Wait()
	var failures []error
	for i, each := range errs {
		if each != nil {
			P(&items[i]).fail(each)
			if !affectsAll(each) && !errors.Is(each, errNotBegun) {
				failures = append(failures, each)
			}
		}
	}
	if err == nil && len(failures) == 1 {
		err = failures[0]
	} else {
		for _, each := range failures {
			o.out.printError(each, o.hint(each))
		}
		if err == nil && len(failures) > 0 {
			err = fmt.Errorf("%d of %d %s failed", len(failures), len(items), what)
		}
	}
	o.out.stopBar() // the JSON document and the progress bar would mix
	o.summary(c)
	return errors.Join(err, o.out.document(map[string]any{what: items}))
}

// affectsAll reports whether all other files would get the same error.
func affectsAll(err error) bool {
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return false
	}
	if r, ok := errors.AsType[*client.Refusal](err); ok {
		return r.Status >= 500 || !r.S3 && (r.Status == 401 || r.Status == 429 || slices.Contains(refusesTheCaller, r.Code))
	}
	_, broken := errors.AsType[*client.Broken](err)
	return broken || slices.ContainsFunc([]error{
		context.Canceled, client.ErrNoDownloads, client.ErrNoDeletion, session.ErrSignedOut, session.ErrEnded,
	}, func(each error) bool { return errors.Is(err, each) })
}

// refusesTheCaller are the codes of status 403 that every request of the caller gets. KeyOutsidePrefix is not here, because it
// is about one key. A code that is not in the contract comes from a custom rule, which may refuse only some files.
var refusesTheCaller = []string{
	"OperationNotEnabled", "UsernameMismatch", "TokenNotAccepted", "AccessDenied", "InvalidApiKey", "InvalidSignature", "WafFiltered",
}
