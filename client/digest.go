package client

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
)

// hashBufferBytes is large enough that reading costs few system calls, and small enough that sixteen
// of them do not count.
const hashBufferBytes = 256 << 10

// digest is the SHA-256 of a stretch of content.
type digest [sha256.Size]byte

func (d digest) String() string { return base64.StdEncoding.EncodeToString(d[:]) }

// digestOf reads a stretch of the content; one that ends early means that the file has shrunk.
func digestOf(content io.ReaderAt, offset, length int64) (digest, error) {
	h := sha256.New()
	n, err := io.CopyBuffer(h, io.NewSectionReader(content, offset, length), make([]byte, min(hashBufferBytes, length+1)))
	if err != nil {
		return digest{}, err
	}
	if n != length {
		return digest{}, fmt.Errorf("%w: it ends at byte %d, expected %d", ErrChanged, offset+n, offset+length)
	}
	return digest(h.Sum(nil)), nil
}

// composite is the checksum that S3 gives to an object joined from parts: the hash of their hashes.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
func composite(parts []digest) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write(p[:])
	}
	return fmt.Sprintf("%s-%d", digest(h.Sum(nil)), len(parts))
}
