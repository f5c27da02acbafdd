package client

import (
	"context"
	"fmt"
	"io"
	"runtime"

	"golang.org/x/sync/errgroup"

	"example.com/presigned/client/internal/wire"
)

// ranges divides content into ranges of equal size: the parts of an upload, or the requests of a download.
type ranges struct {
	size  int64 // bytes of the content, > 0
	bytes int64 // of one range; the last may have less
}

func (r ranges) count() int { return int((r.size + r.bytes - 1) / r.bytes) }

// at returns where range n begins, and its length. The first is 0.
func (r ranges) at(n int) (offset, length int64) {
	offset = int64(n) * r.bytes
	return offset, min(r.bytes, r.size-offset)
}

// fallbackPartBytes is the part size if the stack sends none that S3 accepts.
const fallbackPartBytes = 16 << 20

// partBytesFor chooses the part size. If the stack bounds uploads, it is at most the stack's, because the stack refuses
// larger parts. Otherwise parts grow if 10,000 of them are too few for the file. Their size is then a whole number of MiB,
// so that a download can guess it when it checks the checksum (usualPartBytes).
func (c *Client) partBytesFor(size, offered, bound int64) (int64, error) {
	if bound > 0 && size > bound {
		return 0, tooLarge(size, bound)
	}
	part := offered
	if c.cfg.PartBytes > 0 {
		part = c.cfg.PartBytes
	}
	if part < minPartBytes {
		part = fallbackPartBytes
	}
	if bound > 0 && part > offered {
		return 0, fmt.Errorf("parts of %d bytes: this stack takes at most %d bytes a part", part, offered)
	}
	if size > part*maxParts {
		if bound > 0 {
			return 0, tooLarge(size, part*maxParts)
		}
		const mib = 1 << 20
		part = (size + maxParts*mib - 1) / (maxParts * mib) * mib
	}
	if part > maxSingleBytes {
		return 0, tooLarge(size, maxSingleBytes*maxParts)
	}
	return part, nil
}

// sendParts sends the file's parts and presigns one window of them at a time. Parts begin in order, because disks read
// fastest that way. A part is hashed before it is presigned, because its checksum is signed. While one window is sent, the
// next is hashed. The next is at most twice as large, so that sending doesn't wait for hashing.
func (u *multipartUpload) sendParts(ctx context.Context) error {
	rate := &sendRate{parallel: u.c.cfg.Parallel, began: u.c.cfg.Clock()}
	group, inner := errgroup.WithContext(ctx)
	group.Go(func() error {
		parts, err := u.hashParts(inner, 1, min(max(u.c.cfg.Parallel, leastWindow), wire.MaxBatch))
		for err == nil && len(parts) > 0 {
			urls := u.presignParts(inner, parts)
			var next []part
			hashing, hashCtx := errgroup.WithContext(inner)
			hashing.Go(func() (err error) {
				window := min(rate.ahead(u.c.cfg.Clock()), 2*len(parts), wire.MaxBatch)
				next, err = u.hashParts(hashCtx, parts[len(parts)-1].Number+1, window)
				return err
			})
			for _, p := range parts {
				release, err := u.c.large.acquire(inner)
				if err != nil { // inner has ended; group.Wait or the last line returns why
					break
				}
				group.Go(func() error {
					defer release()
					if !u.has(p) {
						defer rate.sent()
					}
					return u.sendPart(inner, p, u.section(p.Number), urls[p.Number])
				})
			}
			err = hashing.Wait()
			parts = next
		}
		return err
	})
	if err := group.Wait(); err != nil {
		return err
	}
	return context.Cause(ctx)
}

func (u *multipartUpload) parts() ranges { return ranges{u.Size, u.PartBytes} }

// section is the content of a part.
func (u *multipartUpload) section(number int) *io.SectionReader {
	return u.f.section(u.parts().at(number - 1))
}

// hashParts hashes up to n parts, one on each processor. More at once would make the disk seek more.
func (u *multipartUpload) hashParts(ctx context.Context, first, n int) ([]part, error) {
	parts := make([]part, max(0, min(n, u.parts().count()-first+1)))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range parts {
		group.Go(func() (err error) {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			parts[i], err = hashPart(first+i, u.section(first+i))
			return err
		})
	}
	return parts, group.Wait()
}

func hashPart(number int, content *io.SectionReader) (part, error) {
	sum, err := sha256Of(content)
	return part{Number: number, Checksum: sum, Size: content.Size()}, err
}

// presignParts presigns the parts that S3 doesn't have, and the completion with the last ones. It returns the URLs by part
// number. One that failed is missing, so sending the part asks for it again.
func (u *multipartUpload) presignParts(ctx context.Context, parts []part) map[int]wire.Presigned {
	var operations []wire.Operation
	for _, p := range parts {
		if !u.has(p) {
			operations = append(operations, u.partOperation(p))
		}
	}
	if parts[len(parts)-1].Number == u.parts().count() && !u.maybeCompleted {
		operations = append(operations, u.operation("completeMultipartUpload"))
	}
	urls := map[int]wire.Presigned{}
	for i, r := range u.c.upload.Presign(ctx, operations...) {
		urls[operations[i].PartNumber] = r.Presigned
	}
	u.completeURL = urls[0] // its operation has no part number
	return urls
}

// has reports whether S3 had the part when this upload was resumed. If the upload may be complete, S3 had all of them. They are
// then only hashed, because confirmCompleted compares the checksum.
func (u *multipartUpload) has(p part) bool {
	listed := u.listed[p.Number]
	return u.maybeCompleted || listed.Checksum == p.Checksum && listed.Size == p.Size
}

func (u *multipartUpload) partOperation(p part) wire.Operation {
	o := u.operation("uploadPart")
	o.PartNumber, o.ContentLength, o.ChecksumSHA256 = p.Number, &p.Size, p.Checksum
	return o
}

// sendPart uploads one part, unless S3 has it already. The URL may be empty: not presigned yet.
func (u *multipartUpload) sendPart(ctx context.Context, p part, content *io.SectionReader, url wire.Presigned) (err error) {
	resumed := u.has(p)
	if resumed {
		p.ETag = u.listed[p.Number].ETag
		u.f.held(p.Size)
	} else {
		what := fmt.Sprintf("%s, part %d", u.f.Name, p.Number)
		p.ETag, err = do(ctx, u.c, what, u.c.urlsFrom(url, u.c.upload, u.partOperation(p)), func(url wire.Presigned) (string, error) {
			return u.c.sendContent(ctx, url, content, p.Checksum, u.f.progress)
		})
		if err != nil {
			return orNoSuchUpload(err)
		}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.done[p.Number] = p
	if resumed {
		u.resumed += p.Size
	}
	return nil
}
