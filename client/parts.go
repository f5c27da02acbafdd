package client

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"

	"example.com/presigned/client/internal/wire"
)

// sendWindows sends the file's parts and presigns one window of them at a time. Parts start in order, because disks read
// fastest so and an interruption then leaves mostly the beginning. A part is hashed before it is presigned, because its
// checksum is signed. While one window is sent, the next is hashed. It is at most twice as large, so that sending doesn't
// wait for hashing.
func (u *multipartUpload) sendWindows(ctx context.Context) error {
	plan := plan{u.Size, u.PartBytes}
	rate := &sendRate{parallel: u.c.cfg.Parallel, began: u.c.cfg.Clock()}
	group, inner := errgroup.WithContext(ctx)
	group.Go(func() error {
		parts, err := u.hashParts(inner, plan, 1, min(max(u.c.cfg.Parallel, leastWindow), wire.MaxBatch))
		for err == nil && len(parts) > 0 {
			window := u.presignParts(inner, plan, parts)
			next := parts[len(parts)-1].Number + 1
			var ahead []part
			hashing, hashCtx := errgroup.WithContext(inner)
			hashing.Go(func() (err error) {
				ahead, err = u.hashParts(hashCtx, plan, next, min(2*len(parts), rate.window(u.c.cfg.Clock())))
				return err
			})
			for i, p := range parts {
				release, err := u.c.transferSlot(inner)
				if err != nil {
					break
				}
				group.Go(func() error {
					defer release()
					if !u.holds(p) {
						defer rate.sent()
					}
					return u.sendPart(inner, p, u.f.section(plan.part(p.Number)), window[i])
				})
			}
			err = hashing.Wait()
			parts = ahead
		}
		return err
	})
	if err := group.Wait(); err != nil {
		return err
	}
	return context.Cause(ctx)
}

// hashParts hashes up to n parts, one on each processor: more would read the disk in more places.
func (u *multipartUpload) hashParts(ctx context.Context, plan plan, first, n int) ([]part, error) {
	parts := make([]part, max(0, min(n, plan.parts()-first+1)))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range parts {
		group.Go(func() (err error) {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			parts[i], err = hashPart(first+i, u.f.section(plan.part(first+i)))
			return err
		})
	}
	return parts, group.Wait()
}

// presignParts presigns the parts that S3 doesn't have, and the completion with the last ones. A part that S3 has gets no
// URL.
func (u *multipartUpload) presignParts(ctx context.Context, plan plan, parts []part) []*urlSource {
	var operations []wire.Operation
	at := make([]int, len(parts))
	for i, p := range parts {
		if at[i] = -1; !u.holds(p) {
			at[i] = len(operations)
			operations = append(operations, u.partOperation(p))
		}
	}
	last := parts[len(parts)-1].Number == plan.parts() && !u.maybeCompleted && len(operations) < wire.MaxBatch
	if last {
		operations = append(operations, u.operation("completeMultipartUpload"))
	}
	w := u.c.presignWindow(ctx, u.c.upload, operations)
	if last {
		u.completion = w.urls(len(operations) - 1)
	}
	urls := make([]*urlSource, len(parts))
	for i, n := range at {
		if n >= 0 {
			urls[i] = w.urls(n)
		}
	}
	return urls
}
