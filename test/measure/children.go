package measure

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/prometheus/procfs"
)

// Children are the processes that a process started, on Linux; elsewhere none are found.
func Children(pid int) (found procfs.Procs) {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, path := range threads {
		text, _ := os.ReadFile(path)
		for _, child := range strings.Fields(string(text)) {
			number, _ := strconv.Atoi(child)
			if p, err := procfs.NewProc(number); err == nil {
				found = append(found, p)
			}
		}
	}
	return found
}
