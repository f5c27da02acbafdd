package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"time"
)

// serve runs the local stack with an empty store, makes the others' bucket in it, and signs our CLI in.
func serve(ctx context.Context, build, work string) (s server, stop func(), err error) {
	bench := filepath.Join(build, "bench")
	s.outputs = filepath.Join(bench, "client-outputs.json")
	cmd := exec.CommandContext(ctx, filepath.Join(build, "local"), "run", "--json", "--exit-with-stdin",
		"--assembly", filepath.Join(bench, "stack-assembly"), "--outputs", s.outputs, "--data", filepath.Join(work, "store"),
		"--api", "127.0.0.1:0", "--s3", "127.0.0.1:0", "--cognito", "127.0.0.1:0", "--page", "127.0.0.1:0")
	in, err := cmd.StdinPipe()
	if err != nil {
		return s, nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return s, nil, err
	}
	if err := cmd.Start(); err != nil {
		return s, nil, err
	}
	stop = func() {
		in.Close() // which ends it
		_ = cmd.Wait()
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = s.prepare(ctx, build, line)
	}
	if err != nil {
		stop()
		return s, nil, fmt.Errorf("local run: %w", err)
	}
	return s, stop, nil
}

// prepare makes ready what the line of the local run describes.
func (s *server) prepare(ctx context.Context, build string, line []byte) error {
	var ready struct{ S3URL, Region, Username, Password, AccessKeyID, SecretAccessKey string }
	if err := json.Unmarshal(line, &ready); err != nil {
		return err
	}
	s.url, s.region, s.keyID, s.secret = ready.S3URL, ready.Region, ready.AccessKeyID, ready.SecretAccessKey
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	made := exec.CommandContext(ctx, "curl", "--silent", "--show-error", "--fail-with-body", "--request", "PUT", "--user", s.keyID+":"+s.secret,
		"--aws-sigv4", "aws:amz:"+s.region+":s3", "--header", "x-amz-content-sha256: UNSIGNED-PAYLOAD", s.url+"/"+bucket)
	if text, err := made.CombinedOutput(); err != nil {
		return fmt.Errorf("make a bucket: %w: %s", err, text)
	}
	t := presigned(filepath.Join(build, "presigned"), []string{"HOME=" + filepath.Join(build, "bench", "client-home"), "PRESIGNED_OUTPUTS=" + s.outputs})
	login := t.command(ctx, []string{filepath.Join(build, "presigned"), "login", ready.Username, "--password-stdin"})
	login.Stdin = bytes.NewReader([]byte(ready.Password + "\n"))
	if text, err := login.CombinedOutput(); err != nil {
		return fmt.Errorf("sign in: %w: %s", err, text)
	}
	return nil
}
