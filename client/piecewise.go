package client

import (
	"fmt"
	"hash"
)

// piecewise hashes an object of parts whose size is known, each part as it arrives: ranges that begin
// where a part does need no order among them, and nothing is read a second time.
type piecewise struct {
	want      Checksum
	partBytes int64
	sums      [][]byte // by part number - 1; one range writes each
}

// piecewise is nil where the parts' size is not known, where no range begins where a part does, and
// for a resumed download, of which something has to be read again anyway.
func (v *verifier) piecewise(p *partial) *piecewise {
	if v.likely == 0 || rangeBytes%v.likely != 0 || p.resumed > 0 {
		return nil
	}
	return &piecewise{want: v.want, partBytes: v.likely, sums: make([][]byte, v.want.Parts)}
}

// matches reports whether this is the content that S3 holds, cut as was supposed.
func (q *piecewise) matches() bool {
	whole := q.want.newHash()
	for _, sum := range q.sums {
		whole.Write(sum)
	}
	return fmt.Sprintf("%s-%d", base64Of(whole), len(q.sums)) == q.want.Value
}

// from returns what hashes a range that begins at offset.
func (q *piecewise) from(offset int64) *pieceHash {
	return &pieceHash{q: q, n: int(offset / q.partBytes), sum: q.want.newHash()}
}

// pieceHash hashes the parts of one range, in order.
type pieceHash struct {
	q      *piecewise
	n      int // the current part's number - 1
	inPart int64
	sum    hash.Hash
}

func (h *pieceHash) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0; {
		n := min(int64(len(rest)), h.q.partBytes-h.inPart)
		h.sum.Write(rest[:n])
		h.inPart += n
		rest = rest[n:]
		if h.inPart == h.q.partBytes {
			h.end()
		}
	}
	return len(b), nil
}

// end closes the current part: the object's last one may be short.
func (h *pieceHash) end() {
	if h.inPart == 0 {
		return
	}
	h.q.sums[h.n] = h.sum.Sum(nil)
	h.sum.Reset()
	h.n++
	h.inPart = 0
}
