package measure

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// CPUTime is what all threads of a live process have used, user and system, to the nanosecond: /proc counts in
// steps of 10 ms. The clock's number is the process ID in the encoding of clock_getcpuclockid(3) on Linux. Elsewhere there is
// no such clock.
func CPUTime(pid int) (time.Duration, error) {
	const perProcessScheduled = 2
	var used unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|perProcessScheduled), &used); err != nil { // process IDs have 22 bits
		return 0, fmt.Errorf("CPU clock of process %d: %w", pid, err)
	}
	return time.Duration(used.Nano()), nil
}
