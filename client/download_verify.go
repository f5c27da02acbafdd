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
	want       checksum
	keep       bool        // a checksum that does not match is no error
	candidates []*partHash // one for each part size, the likeliest first
}

func (o *object) verifier(d Download) *verifier {
	v := &verifier{want: o.checksum, keep: d.KeepCorrupt}
	var sizes []int64
	switch {
	case v.want.value == "":
	case v.want.parts == 0:
		sizes = []int64{math.MaxInt64}
	default:
		sizes = usualPartBytes(o.size, int64(v.want.parts), d.PartBytes, o.c.cfg.PartBytes)
	}
	for _, size := range sizes {
		h := partHash{want: v.want, partBytes: size, sums: make([][]byte, max(1, v.want.parts))}
		v.candidates = append(v.candidates, h.from(0))
	}
	return v
}

// byRange returns the hash of the likeliest part size if each range begins where a part does. Then the ranges can be
// hashed concurrently, as they arrive. Otherwise it returns nil.
func (v *verifier) byRange() *partHash {
	if len(v.candidates) == 0 || rangeBytes%v.candidates[0].partBytes != 0 {
		return nil
	}
	return v.candidates[0]
}

// Write hashes the content in order.
func (v *verifier) Write(p []byte) (int, error) {
	for _, h := range v.candidates {
		_, _ = h.Write(p) // a hash does not fail
	}
	return len(p), nil
}

// check compares the checksums after all content was written. It returns the algorithm that matched. It
// returns "" without an error if S3 has no checksum, or if none matches and KeepCorrupt is set.
func (v *verifier) check() (algorithm string, err error) {
	got, sizes := "", []int64{}
	for _, h := range v.candidates {
		h.end()
		if got = h.value(); got == v.want.value {
			return v.want.algorithm, nil
		}
		sizes = append(sizes, h.partBytes)
	}
	switch {
	case v.keep || v.want.value == "":
		return "", nil
	case v.want.parts > 0:
		return "", fmt.Errorf("%w: S3 holds %s %s, and no usual part size gives this checksum: tried %d bytes",
			ErrCorrupt, v.want.algorithm, v.want.value, sizes)
	}
	return "", fmt.Errorf("%w: got %s %s, S3 holds %s", ErrCorrupt, v.want.algorithm, got, v.want.value)
}

// partHash hashes consecutive parts of an object, if its parts have this size.
type partHash struct {
	want      checksum
	partBytes int64
	sums      [][]byte // by part number - 1; hashes of other ranges share it

	n      int   // the current part's number - 1
	inPart int64 // bytes of it so far
	sum    hash.Hash
}

// from returns a hash of the content from offset, where a part begins.
func (h *partHash) from(offset int64) *partHash {
	return &partHash{want: h.want, partBytes: h.partBytes, sums: h.sums, n: int(offset / h.partBytes), sum: h.want.hash()}
}

// value is the checksum that S3 would have of such an object.
func (h *partHash) value() string {
	if h.want.parts == 0 {
		return base64.StdEncoding.EncodeToString(h.sums[0])
	}
	return h.want.composite(h.sums)
}

func (h *partHash) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0; {
		n := min(int64(len(rest)), h.partBytes-h.inPart)
		h.sum.Write(rest[:n])
		h.inPart += n
		rest = rest[n:]
		if h.inPart == h.partBytes {
			h.end()
		}
	}
	return len(b), nil
}

// end closes the current part. Only the object's last part may be short, and only its first one empty.
func (h *partHash) end() {
	if h.n < len(h.sums) && (h.inPart > 0 || h.n == 0) {
		h.sums[h.n] = h.sum.Sum(nil)
		h.sum.Reset()
		h.n++
		h.inPart = 0
	}
}

// usualPartBytes returns the likely part sizes, in bytes, that give this number of parts. These are:
//
//   - the known sizes, and the stack's usual ones
//   - the smallest possible size, and the same in whole MiB, which this client uses for huge files
//   - a ten-thousandth of the object's size, which Uppy uses
//   - sizes that other clients often use
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
