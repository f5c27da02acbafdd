package stack

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// startLocal runs `build/local run`.
func startLocal(ctx context.Context, build string) (*server, error) {
	start := time.Now()
	cmd, out, err := launch(filepath.Join(build, "bench", "local.log"), os.Environ(), filepath.Join(build, "local"), "run", "--json",
		"--assembly", filepath.Join(build, "bench", "stack-assembly"), "--outputs", filepath.Join(build, "bench", "local-outputs.json"),
		"--api", "127.0.0.1:0", "--s3", "127.0.0.1:0", "--cognito", "127.0.0.1:0", "--page", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{name: ours, process: cmd}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	s.ready = time.Since(start)
	if err != nil {
		s.stop()
		return nil, fmt.Errorf("the local run did not start: see bench/local.log in the build folder: %w", err)
	}
	var ready struct{ UploadURL, CognitoURL, AppClientID, Username, Password string }
	if err := json.Unmarshal(line, &ready); err != nil {
		s.stop()
		return nil, err
	}
	token, err := signIn(ctx, ready.CognitoURL, ready.AppClientID, ready.Username, ready.Password)
	if err != nil {
		s.stop()
		return nil, err
	}
	s.endpoint = endpoint{url: ready.UploadURL, token: token}
	return s, nil
}
