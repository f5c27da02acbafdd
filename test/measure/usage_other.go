//go:build !linux

package measure

import (
	"errors"
	"time"
)

var errLinuxOnly = errors.New("what a live process uses is measured on Linux only")

// CPUTime works on Linux only.
func CPUTime(int) (time.Duration, error) { return 0, errLinuxOnly }

// Memory is what a live process holds, in bytes.
type Memory struct{ Resident, Peak int64 }

// MemoryOf works on Linux only.
func MemoryOf(int) (Memory, error) { return Memory{}, errLinuxOnly }
