//go:build !linux

package lambdaruntime

import "syscall"

// childAttributes puts the child into a process group of its own, to kill it with its children. There is no
// Pdeathsig here: a child whose parent died ends when its request for the next invocation fails.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
