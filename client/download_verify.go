package client

import (
	"encoding/base64"
	"fmt"
	"hash"
	"math"
	"slices"
)

// verifier compares an object's content with S3's checksum. The checksum of a multipart upload depends on the part size,
// which S3 does not send. So it tries all usual part sizes that give the right number of parts.
type verifier struct {
	want  checksum
	keep  bool        // a checksum that does not match is no error
	sizes []int64     // the part sizes tried, in bytes, the likeliest first
	tries []*partSums // one for each size
	all   []*partHash // of the tries, for content that comes in order
}

func (o *object) verifier(d Download) *verifier {
	v := &verifier{want: o.checksum, keep: d.Unverified}
	switch {
	case v.want.value == "":
		return v
	case v.want.parts == 0:
		v.sizes = []int64{math.MaxInt64}
	default:
		v.sizes = usualPartBytes(o.size, int64(v.want.parts), d.PartBytes, o.c.cfg.PartBytes)
	}
	for _, size := range v.sizes {
		sums := &partSums{want: v.want, partBytes: size, sums: make([][]byte, max(1, v.want.parts))}
		v.tries, v.all = append(v.tries, sums), append(v.all, sums.from(0))
	}
	return v
}

// byRange returns the sums of the likeliest part size if each range begins where a part does. Then the ranges can be
// hashed concurrently, as they arrive. Otherwise it returns nil.
func (v *verifier) byRange() *partSums {
	if len(v.sizes) == 0 || rangeBytes%v.sizes[0] != 0 {
		return nil
	}
	return v.tries[0]
}

// Write hashes the content in order.
func (v *verifier) Write(p []byte) (int, error) {
	for _, h := range v.all {
		_, _ = h.Write(p) // a hash does not fail
	}
	return len(p), nil
}

// check compares the checksums after all content was written. It returns the algorithm that matched, or "" if S3 has no
// checksum.
func (v *verifier) check() (algorithm string, err error) {
	if v.want.value == "" {
		return "", nil
	}
	got := ""
	for i, sums := range v.tries {
		v.all[i].end()
		if got = sums.value(); got == v.want.value {
			return v.want.algorithm, nil
		}
	}
	if v.keep {
		return "", nil
	}
	if v.want.parts > 0 {
		return "", fmt.Errorf("%w: S3 holds %s %s, and parts of no usual size (tried: %d bytes) give that",
			ErrCorrupt, v.want.algorithm, v.want.value, v.sizes)
	}
	return "", fmt.Errorf("%w: got %s %s, S3 holds %s", ErrCorrupt, v.want.algorithm, got, v.want.value)
}

// partSums holds the hashes of an object's parts, if they have this size.
type partSums struct {
	want      checksum
	partBytes int64
	sums      [][]byte // by part number - 1
}

// value is the checksum that S3 would hold of such an object.
func (s *partSums) value() string {
	if s.want.parts == 0 {
		return base64.StdEncoding.EncodeToString(s.sums[0])
	}
	return s.want.composite(s.sums)
}

// from returns a hash of the content from offset, where a part begins.
func (s *partSums) from(offset int64) *partHash {
	return &partHash{s: s, n: int(offset / s.partBytes), sum: s.want.hash()}
}

// partHash hashes consecutive parts.
type partHash struct {
	s      *partSums
	n      int   // the current part's number - 1
	inPart int64 // bytes of it so far
	sum    hash.Hash
}

func (h *partHash) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0; {
		n := min(int64(len(rest)), h.s.partBytes-h.inPart)
		h.sum.Write(rest[:n])
		h.inPart += n
		rest = rest[n:]
		if h.inPart == h.s.partBytes {
			h.end()
		}
	}
	return len(b), nil
}

// end closes the current part. Only the object's last part may be short, and only its first one empty.
func (h *partHash) end() {
	if h.n < len(h.s.sums) && (h.inPart > 0 || h.n == 0) {
		h.s.sums[h.n] = h.sum.Sum(nil)
		h.sum.Reset()
		h.n++
		h.inPart = 0
	}
}

// usualPartBytes returns the part sizes, in bytes, that give this number of parts: those known, the stack's usual ones,
// the smallest possible one, also in whole MiB (this client's for huge files), a ten-thousandth of the size (Uppy's), and
// those that other clients often use.
func usualPartBytes(size, parts int64, known ...int64) []int64 {
	const mib = 1 << 20
	least := (size + parts - 1) / parts
	likely := append(slices.Clone(known), 8*mib, 16*mib, least, (least+mib-1)/mib*mib, (size+maxParts-1)/maxParts)
	for m := int64(5); m <= 32; m++ {
		likely = append(likely, m*mib)
	}
	for _, m := range []int64{40, 48, 50, 64, 80, 96, 100, 128, 200, 250, 256, 500, 512, 1000, 1024} {
		likely = append(likely, m*mib)
	}
	var fit []int64
	for _, n := range likely {
		if n > 0 && (size+n-1)/n == parts && !slices.Contains(fit, n) {
			fit = append(fit, n)
		}
	}
	return fit
}
