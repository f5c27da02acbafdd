package client

import (
	"fmt"
	"hash"
	"math"
	"slices"
)

// verifier hashes an object's content as it arrives, in order, and compares with what S3 holds.
type verifier struct {
	want  Checksum
	sums  []*tally
	usual []int64 // the part sizes tried

	likely int64 // the part size to try first, before the others; 0: none
}

// tally hashes the content as one way of cutting it into parts would have it.
type tally struct {
	partBytes int64
	inPart    int64     // bytes of the current part so far
	part      hash.Hash // of the current part
	whole     hash.Hash // of the parts' hashes; nil: there are no parts
	parts     int
}

// newVerifier prepares for an object of this size. S3 does not say how an object was cut, and a checksum
// of parts depends on it: every usual part size that gives the right number of parts is tried at once.
func newVerifier(o Object, known ...int64) *verifier {
	v := &verifier{want: o.Checksum}
	if v.want.newHash() == nil {
		return v
	}
	if o.Checksum.Parts == 0 {
		v.sums = []*tally{{partBytes: math.MaxInt64, part: v.want.newHash()}}
		return v
	}
	v.usual = usualPartBytes(o.Size, int64(o.Checksum.Parts), known)
	if len(v.usual) > 0 {
		v.likely = v.usual[0]
	}
	for _, n := range v.usual {
		v.sums = append(v.sums, &tally{partBytes: n, part: v.want.newHash(), whole: v.want.newHash()})
	}
	return v
}

func (v *verifier) Write(p []byte) (int, error) {
	for _, t := range v.sums {
		t.add(p)
	}
	return len(p), nil
}

// check compares once all the content has been written. It names the algorithm that matched; none when
// S3 holds no checksum.
func (v *verifier) check() (algorithm string, err error) {
	if v.want.Value == "" {
		return "", nil
	}
	for _, t := range v.sums {
		if t.value() == v.want.Value {
			return v.want.Algorithm, nil
		}
	}
	if v.want.Parts > 0 {
		return "", fmt.Errorf("%w: S3 holds %s %s, and parts of no usual size (tried: %d bytes) give that",
			ErrCorrupt, v.want.Algorithm, v.want.Value, v.usual)
	}
	return "", fmt.Errorf("%w: got %s %s, S3 holds %s", ErrCorrupt, v.want.Algorithm, v.sums[0].value(), v.want.Value)
}

func (t *tally) add(p []byte) {
	for len(p) > 0 {
		n := min(int64(len(p)), t.partBytes-t.inPart)
		t.part.Write(p[:n])
		t.inPart += n
		p = p[n:]
		if t.inPart == t.partBytes {
			t.endPart()
		}
	}
}

func (t *tally) endPart() {
	t.whole.Write(t.part.Sum(nil))
	t.part.Reset()
	t.inPart = 0
	t.parts++
}

func (t *tally) value() string {
	if t.whole == nil {
		return base64Of(t.part)
	}
	if t.inPart > 0 {
		t.endPart()
	}
	return fmt.Sprintf("%s-%d", base64Of(t.whole), t.parts)
}

// usualPartBytes returns the part sizes, in bytes, that cut the size into so many parts: those known,
// those that clients and their users like, the least one in whole MiB (this client's for huge files),
// and S3's ten-thousandth (Uppy's).
func usualPartBytes(size, parts int64, known []int64) []int64 {
	const mib = 1 << 20
	least := (size + parts - 1) / parts
	likely := append(slices.Clone(known), least, (least+mib-1)/mib*mib, (size+maxParts-1)/maxParts)
	for _, m := range []int64{5, 6, 7, 8, 10, 12, 15, 16, 20, 24, 25, 32, 40, 48, 50, 64, 80, 96, 100, 128, 200, 250, 256, 500, 512, 1000, 1024} {
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
