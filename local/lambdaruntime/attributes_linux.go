package lambdaruntime

import "syscall"

// childAttributes puts the child into a process group of its own, so that it is killed with its children. The kernel kills it
// if this process dies without Close.
//
// The kernel watches the thread that forked, not the process (golang/go#27505). If that thread ends, the idle child is killed
// too. It is then replaced, as any process that died.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
