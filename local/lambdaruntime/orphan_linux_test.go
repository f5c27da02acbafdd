package lambdaruntime_test

import (
	"os"
	"os/exec"
	"testing"
)

// The kernel ends a function's process when this program dies without a chance to, even in the middle of a request.
func TestAKilledParentLeavesNoProcessBehind(t *testing.T) {
	held := listen(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	parent := exec.CommandContext(t.Context(), self)
	parent.Env = append(os.Environ(), "BOOTSTRAP=parent", "HOLD="+held.Addr().String())
	parent.Stderr = os.Stderr
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	conn := accept(t, held)
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // it was killed
	wantGone(t, conn, "the function's process")
}
