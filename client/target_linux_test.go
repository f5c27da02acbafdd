package client_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"example.com/presigned/client"
)

// A shell's >(command) is a link to a pipe that has no path (aws/aws-cli#2217).
func TestAPipeOfTheShellIsNoTarget(t *testing.T) {
	r := newRig(t)
	_, file := onDisk(t, []byte("bananas"))
	up, err := r.Upload(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	_, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Close() }()
	_, err = r.DownloadFile(t.Context(), client.Download{Key: up.Key, Target: fmt.Sprintf("/dev/fd/%d", w.Fd()), Overwrite: true})
	if err == nil || !strings.Contains(err.Error(), "is not a regular file") {
		t.Errorf("got %v, want that it is not a regular file", err)
	}
}
