package stack

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ceilingTime is enough for a server whose every answer takes the same.
const ceilingTime = 5 * time.Second

// startCeiling runs the server that does nothing: what clients and HTTP alone leave of the cores.
func startCeiling(_ context.Context, build string) (*server, error) {
	start := time.Now()
	cmd, out, err := launch(filepath.Join(build, "bench", "nothing.log"), os.Environ(), filepath.Join(build, "bench", "nothing"))
	if err != nil {
		return nil, err
	}
	s := &server{name: ceiling, process: cmd}
	url, err := bufio.NewReader(out).ReadString('\n')
	s.ready = time.Since(start)
	if err != nil {
		s.stop()
		return nil, fmt.Errorf("%s did not start: see bench/nothing.log in the build folder: %w", ceiling, err)
	}
	s.endpoint = endpoint{url: strings.TrimSpace(url), token: strings.Repeat("t", 1000)} // as long as a token of ours
	return s, nil
}
