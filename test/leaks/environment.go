package leaks

import (
	"fmt"
	"os"
	"strings"
)

// KnowEnvironment learns the credentials in a process's environment, on Linux: a function's are nowhere else.
func (s *Search) KnowEnvironment(pid int) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid)) // a process that has ended has none
	for variable := range strings.SplitSeq(string(text), "\x00") {
		switch name, value, _ := strings.Cut(variable, "="); name {
		case "AWS_SECRET_ACCESS_KEY":
			s.Know("a function's secret key", value)
		case "AWS_SESSION_TOKEN":
			s.Know("a function's session token", value)
		}
	}
}
