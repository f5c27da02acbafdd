package client

import (
	"crypto/sha1" //nolint:gosec // not for secrecy: an object that another client stored may have this checksum
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// hashBufferBytes is large enough that reading needs few system calls, and small enough that sixteen buffers
// use little memory.
const hashBufferBytes = 256 << 10

// sha256Of hashes content, and returns base64. If the content ends early, the file has shrunk. It uses a reader of its own,
// so that content can be read again.
func sha256Of(content *io.SectionReader) (string, error) {
	outer, offset, length := content.Outer()
	h := sha256.New()
	n, err := io.CopyBuffer(h, io.NewSectionReader(outer, offset, length), make([]byte, max(1, min(hashBufferBytes, length)))) // CopyBuffer panics at an empty one
	if err != nil {
		return "", err
	}
	if n != length {
		return "", fmt.Errorf("%w: it ends at byte %d, expected %d", ErrChanged, offset+n, offset+length)
	}
	return base64.StdEncoding.EncodeToString(h.Sum(nil)), nil
}

const sha256Name = "SHA256"

// checksum is S3's checksum of an object. Its value is base64; with parts it is the hash of the parts' hashes and their
// number, as in <base64>-3.
type checksum struct {
	algorithm string // as S3 spells it; empty: S3 has none
	value     string
	parts     int // number of parts; 0: the value is of the whole content
	hash      func() hash.Hash
}

var sha256Checksum = checksum{algorithm: sha256Name, hash: sha256.New}

// algorithms lists S3's algorithms, the strongest first. This client's uploads have SHA-256. Uploads of other clients can have
// any of them. S3 computes CRC-64/NVME for an upload without a checksum.
var algorithms = []checksum{
	sha256Checksum,
	{algorithm: "CRC64NVME", hash: func() hash.Hash { return crc64.New(crc64.MakeTable(0x9a6c9329ac4bc9b5)) }},
	{algorithm: "CRC32C", hash: func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) }},
	{algorithm: "CRC32", hash: func() hash.Hash { return crc32.NewIEEE() }},
	{algorithm: "SHA1", hash: sha1.New},
}

// checksumOf reads the checksum headers of an answer.
func checksumOf(h http.Header) checksum {
	for _, c := range algorithms {
		c.value = h.Get("X-Amz-Checksum-" + c.algorithm)
		if c.value == "" {
			continue
		}
		if _, n, ok := strings.Cut(c.value, "-"); ok { // standard base64 has no "-"
			if parts, err := strconv.Atoi(n); err == nil && parts > 0 && parts <= maxParts {
				c.parts = parts
			}
		}
		return c
	}
	return checksum{}
}

// composite is the checksum of an object joined from parts with these hashes: the hash of their hashes.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
func (c checksum) composite(parts [][]byte) string {
	h := c.hash()
	for _, p := range parts {
		h.Write(p)
	}
	return fmt.Sprintf("%s-%d", base64.StdEncoding.EncodeToString(h.Sum(nil)), len(parts))
}
