package client

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"example.com/presigned/local/stack"
	"example.com/presigned/test/harness"
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
	s.links, s.home, s.outputs = l, "HOME="+filepath.Join(bench, "client-home"), filepath.Join(bench, "client-outputs.json")
	if err := os.RemoveAll(filepath.Join(work, "store")); err != nil {
		return s, nil, err
	}
	flags := []string{"--outputs", s.outputs, "--data", filepath.Join(work, "store")}
	if l.s3 != nil {
		flags = append(flags, "--s3-endpoint", "http://"+l.s3.host())
	}
	log, err := os.Create(filepath.Join(bench, "client-local.log")) // a line for each request
	if err != nil {
		return s, nil, err
	}
	defer log.Close() // the process has a descriptor of its own
	local, err := harness.RunProgram(log, "bench/stack-assembly", flags...)
	if err != nil {
		return s, nil, fmt.Errorf("%w: see %s", err, log.Name())
	}
	if err := s.prepare(ctx, build, local.Summary); err != nil {
		local.Stop()
		return s, nil, fmt.Errorf("local run: %w", err)
	}
	return s, local.Stop, nil
}

// prepare makes the local run ready for the tools.
func (s *server) prepare(ctx context.Context, build string, ready stack.Summary) error {
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
	program := filepath.Join(build, "presigned")
	login := presigned(program, s.ourEnv()).command(ctx, []string{program, "login", ready.Username, "--password-stdin"})
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

func (s *server) ourEnv() []string {
	return []string{s.home, "PRESIGNED_OUTPUTS=" + s.outputs, "PRESIGNED_UPLOAD_URL=" + s.uploadURL, "PRESIGNED_DOWNLOAD_URL=" + s.downloadURL}
}
