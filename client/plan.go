package client

import "fmt"

// plan divides an upload into parts, numbered from 1.
type plan struct {
	size      int64 // bytes, > 0
	partBytes int64 // bytes; the last part may have less
}

// fallbackPartBytes is the part size if the stack sends none that S3 accepts.
const fallbackPartBytes = 16 << 20

// partBytesFor chooses the part size. If the stack bounds uploads, it is the stack's, because the stack refuses larger
// parts. Otherwise parts grow if 10,000 of them are too few for the file. They have whole MiB, so that a reader of the
// checksum can find the part size.
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

func (p plan) parts() int { return int((p.size + p.partBytes - 1) / p.partBytes) }

// part returns where part n begins, and its length.
func (p plan) part(n int) (offset, length int64) {
	offset = int64(n-1) * p.partBytes
	return offset, min(p.partBytes, p.size-offset)
}
