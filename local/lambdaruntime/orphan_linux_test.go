package lambdaruntime_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// The kernel ends a function's process when this program dies without a chance to.
func TestAKilledParentLeavesNoProcessBehind(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	parent := exec.CommandContext(t.Context(), self)
	parent.Env = append(os.Environ(), "BOOTSTRAP=parent")
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadBytes('\n')
	var child answer
	if err := json.Unmarshal(line, &child); err != nil {
		t.Fatalf("got %q: %v", line, err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // it was killed
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", child.PID))
		if err != nil || strings.Contains(string(stat), ") Z ") { // gone, or nobody has reaped it yet
			return
		}
		if time.Since(begun) > 5*time.Second {
			t.Fatal("the function's process still runs after 5 seconds")
		}
	}
}
