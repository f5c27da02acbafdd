package lambdaruntime

import "syscall"

// childAttributes puts the child into a process group of its own, to kill it with its children, and has the kernel
// kill it should this process die without running Close.
//
// The trap: the kernel watches the thread that forked, not the process (golang/go#27505). Should that thread end
// early the child dies while idle, and is replaced silently like any other.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
