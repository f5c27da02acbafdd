package measure

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// Machine is what a measurement ran on, and how busy that was with other things.
type Machine struct {
	CPU    string
	Cores  int
	System string
	Load   string // average number of threads that ran or wanted to, over the minute before
}

// ThisMachine describes the machine. What cannot be found out stays empty.
func ThisMachine() Machine {
	m := Machine{Cores: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH}
	cpuinfo, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(cpuinfo)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			m.CPU = strings.TrimSpace(value)
			break
		}
	}
	load, _ := os.ReadFile("/proc/loadavg")
	m.Load, _, _ = strings.Cut(string(load), " ")
	if version, err := exec.Command("uname", "-r").Output(); err == nil {
		release, _, _ := strings.Cut(strings.TrimSpace(string(version)), "-")
		m.System += " " + release
	}
	return m
}

func (m Machine) String() string {
	return fmt.Sprintf("%s, %d cores, %s, load %s", m.CPU, m.Cores, m.System, m.Load)
}

// Output is what a command prints, without the line's end; "?" where it cannot run.
func Output(name string, args ...string) string {
	text, err := exec.Command(name, args...).Output()
	if err != nil {
		return "?"
	}
	return strings.TrimSpace(string(text))
}

// PackageVersion is that of an npm package, from its folder.
func PackageVersion(dir string) string {
	text, err := os.ReadFile(filepath.Join(dir, "package.json"))
	var described struct{ Version string }
	if err != nil || json.Unmarshal(text, &described) != nil {
		return "?"
	}
	return described.Version
}
