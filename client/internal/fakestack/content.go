package fakestack

import (
	"encoding/binary"
	"math/rand/v2"
)

// Content is the same for the same seed, and any two of its 64 KiB blocks differ.
func Content(seed uint64, size int) []byte {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	block := make([]byte, 64<<10)
	_, _ = rand.NewChaCha8(key).Read(block)
	b := make([]byte, size)
	for at := 0; at < size; at += len(block) {
		binary.LittleEndian.PutUint64(block, uint64(at)) // random bytes for all content would take a tenth of the tests' time
		copy(b[at:], block)
	}
	return b
}
