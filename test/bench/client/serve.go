package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// links are the relays before the servers; without any, the tools reach these directly.
type links struct{ api, s3 *relay }

func startLinks() (l links, err error) {
	if l.api, err = startRelay(); err == nil {
		l.s3, err = startRelay()
	}
	return l, err
}

// serve runs the local stack with an empty store, makes the others' bucket in it, and signs our CLI in. The
// tools reach it by the links.
func serve(ctx context.Context, build, work string, l links) (s server, stop func(), err error) {
	bench := filepath.Join(build, "bench")
	s.links = l
	s.outputs = filepath.Join(bench, "client-outputs.json")
	if err := os.RemoveAll(filepath.Join(work, "store")); err != nil {
		return s, nil, err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(build, "local"), "run", "--json", "--exit-with-stdin",
		"--assembly", filepath.Join(bench, "stack-assembly"), "--outputs", s.outputs, "--data", filepath.Join(work, "store"),
		"--api", "127.0.0.1:0", "--s3", "127.0.0.1:0", "--cognito", "127.0.0.1:0", "--page", "127.0.0.1:0")
	if l.s3 != nil {
		cmd.Args = append(cmd.Args, "--s3-endpoint", "http://"+l.s3.host())
	}
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
	var ready struct{ S3URL, UploadURL, DownloadURL, Region, Username, Password, AccessKeyID, SecretAccessKey string }
	if err := json.Unmarshal(line, &ready); err != nil {
		return err
	}
	s.url, s.uploadURL, s.downloadURL = ready.S3URL, ready.UploadURL, ready.DownloadURL
	s.region, s.keyID, s.secret = ready.Region, ready.AccessKeyID, ready.SecretAccessKey
	if s.links.s3 != nil {
		if err := s.link(); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	made := exec.CommandContext(ctx, "curl", "--silent", "--show-error", "--fail-with-body", "--request", "PUT", "--user", s.keyID+":"+s.secret,
		"--aws-sigv4", "aws:amz:"+s.region+":s3", "--header", "x-amz-content-sha256: UNSIGNED-PAYLOAD", s.url+"/"+bucket)
	if text, err := made.CombinedOutput(); err != nil {
		return fmt.Errorf("make a bucket: %w: %s", err, text)
	}
	t := presigned(filepath.Join(build, "presigned"), s.ourEnv(filepath.Join(build, "bench", "client-home")))
	login := t.command(ctx, []string{filepath.Join(build, "presigned"), "login", ready.Username, "--password-stdin"})
	login.Stdin = bytes.NewReader([]byte(ready.Password + "\n"))
	if text, err := login.CombinedOutput(); err != nil {
		return fmt.Errorf("sign in: %w: %s", err, text)
	}
	return nil
}

// link leads every URL through the relays.
func (s *server) link() error {
	api, err := url.Parse(s.uploadURL)
	if err != nil {
		return err
	}
	s.apiHost, s.s3Host = api.Host, strings.TrimPrefix(s.url, "http://")
	s.url = "http://" + s.links.s3.host()
	s.uploadURL = strings.Replace(s.uploadURL, s.apiHost, s.links.api.host(), 1)
	s.downloadURL = strings.Replace(s.downloadURL, s.apiHost, s.links.api.host(), 1)
	s.use(network{})
	return nil
}

// use puts a network between the tools and the server.
func (s *server) use(n network) {
	if s.links.s3 != nil {
		s.links.api.set(s.apiHost, n)
		s.links.s3.set(s.s3Host, n)
	}
}

func (s *server) ourEnv(home string) []string {
	return []string{"HOME=" + home, "PRESIGNED_OUTPUTS=" + s.outputs, "PRESIGNED_UPLOAD_URL=" + s.uploadURL, "PRESIGNED_DOWNLOAD_URL=" + s.downloadURL}
}
