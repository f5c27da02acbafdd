package client

import (
	"crypto/sha1" //nolint:gosec // not for secrecy: an object that another client stored may have this checksum
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"net/http"
	"strconv"
	"strings"
)

const sha256Name = "SHA256"

// Checksum is what S3 holds of an object's content. Its value is base64; with parts it is the hash of
// the parts' hashes and carries their number, as in <base64>-3.
type Checksum struct {
	Algorithm string // as S3 spells it; empty: S3 holds none
	Value     string
	Parts     int // 0: of the whole content
}

// algorithm is one that S3 may have used. This client's uploads have SHA-256; others' may have any, and
// one without is given CRC-64/NVME by S3 itself.
type algorithm struct {
	name   string
	header string
	hash   func() hash.Hash
}

func algorithms() []algorithm {
	return []algorithm{
		{sha256Name, "X-Amz-Checksum-Sha256", sha256.New},
		{"CRC64NVME", "X-Amz-Checksum-Crc64nvme", func() hash.Hash { return crc64.New(crc64.MakeTable(0x9a6c9329ac4bc9b5)) }},
		{"CRC32C", "X-Amz-Checksum-Crc32c", func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) }},
		{"CRC32", "X-Amz-Checksum-Crc32", func() hash.Hash { return crc32.NewIEEE() }},
		{"SHA1", "X-Amz-Checksum-Sha1", sha1.New},
	}
}

// checksumOf reads the answer's checksum headers, the strongest first.
func checksumOf(h http.Header) Checksum {
	for _, a := range algorithms() {
		value := h.Get(a.header)
		if value == "" {
			continue
		}
		c := Checksum{Algorithm: a.name, Value: value}
		if _, n, ok := strings.Cut(value, "-"); ok { // "-" is no character of standard base64
			if parts, err := strconv.Atoi(n); err == nil && parts > 0 {
				c.Parts = parts
			}
		}
		return c
	}
	return Checksum{}
}

func (c Checksum) newHash() hash.Hash {
	for _, a := range algorithms() {
		if a.name == c.Algorithm {
			return a.hash()
		}
	}
	return nil
}

func base64Of(h hash.Hash) string { return base64.StdEncoding.EncodeToString(h.Sum(nil)) }
