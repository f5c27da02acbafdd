package measure

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// CPUTime is what all threads of a live process have used, user and system, to the nanosecond: /proc counts in
// steps of 10 ms. The clock's number is the process ID in the encoding of clock_getcpuclockid(3) on Linux. Elsewhere there is
// no such clock, and no /proc for MemoryOf, so both return errors.
func CPUTime(pid int) (time.Duration, error) {
	const perProcessScheduled = 2
	var used unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|perProcessScheduled), &used); err != nil { // process IDs have 22 bits
		return 0, fmt.Errorf("CPU clock of process %d: %w", pid, err)
	}
	return time.Duration(used.Nano()), nil
}

// Memory is what a live process holds, in bytes.
type Memory struct {
	Resident int64 // all of it, files that it mapped included
	Peak     int64 // the most that Resident has been
}

// MemoryOf reads /proc/PID/status.
func MemoryOf(pid int) (Memory, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return Memory{}, err
	}
	defer f.Close()
	var m Memory
	fields := map[string]*int64{"VmRSS:": &m.Resident, "VmHWM:": &m.Peak}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		words := strings.Fields(lines.Text())
		if len(words) < 2 || fields[words[0]] == nil {
			continue
		}
		kilobytes, err := strconv.ParseInt(words[1], 10, 64)
		if err != nil {
			return Memory{}, err
		}
		*fields[words[0]] = kilobytes << 10
	}
	return m, nil
}
