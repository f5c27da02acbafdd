package measure

import (
	"fmt"
	"os/exec"
	"runtime"
	"strings"

	"github.com/prometheus/procfs"
)

// ThisMachine describes what a measurement ran on, and how busy it was: the load is the average number of threads that ran
// or wanted to, over the last minute. What can't be found out stays empty.
func ThisMachine() string {
	cpu, load := "", 0.0
	if fs, err := procfs.NewDefaultFS(); err == nil {
		if all, err := fs.CPUInfo(); err == nil {
			cpu = all[0].ModelName
		}
		if average, err := fs.LoadAvg(); err == nil {
			load = average.Load1
		}
	}
	release, _, _ := strings.Cut(Output("uname", "-r"), "-")
	return fmt.Sprintf("%s, %d cores, %s/%s %s, load %.2f", cpu, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, release, load)
}

// Output is what a command prints, without the end of the line; "?" if it can't run.
func Output(name string, args ...string) string {
	text, err := exec.Command(name, args...).Output()
	if err != nil {
		return "?"
	}
	return strings.TrimSpace(string(text))
}
