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

// errNotBegun is for what was not tried because of a failure that would have met it too.
var errNotBegun = errors.New("not begun")

// batch does the same for each file or key, side by side. One that fails does not stop the others, unless
// they would fail of the same cause. It returns an error for each, and one for all.
func (o *options) batch(ctx context.Context, n, sideBySide int, what string, one func(ctx context.Context, i int) error) (errs []error, all error) {
	errs = make([]error, n)
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(sideBySide)
	for i := range n {
		group.Go(func() error {
			if inner.Err() != nil {
				errs[i] = errNotBegun
				return nil
			}
			if errs[i] = one(inner, i); everyones(errs[i]) {
				return errs[i]
			}
			return nil
		})
	}
	all = group.Wait()
	var failures []error
	for _, err := range errs {
		if err != nil && !everyones(err) && !errors.Is(err, errNotBegun) {
			failures = append(failures, err)
		}
	}
	if all == nil && len(failures) == 1 {
		return errs, failures[0]
	}
	for _, err := range failures {
		o.out.failed(err, o.hint(err))
	}
	if all == nil && len(failures) > 0 {
		all = fmt.Errorf("%d of %d %s failed", len(failures), n, what)
	}
	return errs, all
}

// everyones reports that the cause of a failure lies with no single file: the others would meet it too.
func everyones(err error) bool {
	var path *fs.PathError
	var problem *client.Problem
	var refused *client.Refusal
	var broken *client.Broken
	switch {
	case errors.As(err, &path):
		return false
	case errors.As(err, &problem):
		return problem.Status == 401 || problem.Status == 429 || problem.Status >= 500 || slices.Contains(refusesTheCaller, problem.Code)
	case errors.As(err, &refused):
		return refused.Status >= 500
	}
	return errors.As(err, &broken) || errors.Is(err, context.Canceled) || errors.Is(err, client.ErrNoDownloads) || errors.Is(err, client.ErrNoDeletion) ||
		errors.Is(err, session.ErrSignedOut) || errors.Is(err, session.ErrEnded)
}

// refusesTheCaller are the codes of status 403 that every request of the caller gets. KeyOutsidePrefix is about one key,
// and a code that is not in the contract comes from a stage's own rule, which may refuse one file and take the next.
var refusesTheCaller = []string{
	"OperationNotEnabled", "UsernameMismatch", "TokenNotAccepted", "AccessDenied", "InvalidApiKey", "InvalidSignature", "WafFiltered",
}

// said is the text of an error for a JSON document.
func said(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
