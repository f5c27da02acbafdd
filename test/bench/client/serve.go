package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"example.com/presigned/local/stack"
	"example.com/presigned/test/harness"
	"example.com/presigned/test/toxics"
	"example.com/presigned/test/users"
)

// network is how far away the servers are, and how reliable the way.
type network struct {
	name      string // follows the name of what is measured; empty: nothing in between
	roundTrip int64  // milliseconds, to the API and to S3 alike
	resets    int64  // bytes of either direction after which a connection is reset; 0: never
}

// links are the proxies before the servers; without any, the tools reach these directly.
type links struct{ api, s3 *toxiproxy.Proxy }

func startLinks() (l links, err error) {
	if l.api, err = toxics.Proxy(""); err == nil {
		l.s3, err = toxics.Proxy("")
	}
	return l, err
}

// use puts a network between the tools and the servers.
func (l links) use(ctx context.Context, n network) error {
	if l.s3 == nil {
		return nil
	}
	late := toxics.Attributes{"latency": n.roundTrip / 2}
	all := []toxics.Toxic{toxics.Up("latency", late), toxics.Down("latency", late)}
	if n.resets > 0 {
		most := toxics.Attributes{"bytes": n.resets}
		all = append(all, toxics.Resets(), toxics.Up("limit_data", most), toxics.Down("limit_data", most))
	}
	l.api.Toxics.ResetToxics(ctx)
	l.s3.Toxics.ResetToxics(ctx)
	return errors.Join(toxics.Add(l.api, all...), toxics.Add(l.s3, all...))
}

// serve runs the local stack with an empty store, makes the others' bucket in it, and signs our CLI in. The
// tools reach it by the links.
func serve(ctx context.Context, build, work string, l links) (s server, stop func(), err error) {
	bench := filepath.Join(build, "bench")
	s.home, s.outputs = "HOME="+filepath.Join(bench, "client-home"), filepath.Join(bench, "client-outputs.json")
	if err := os.RemoveAll(filepath.Join(work, "store")); err != nil {
		return s, nil, err
	}
	flags := []string{"--outputs", s.outputs, "--data", filepath.Join(work, "store")}
	if l.s3 != nil {
		flags = append(flags, "--s3-endpoint", "http://"+l.s3.Listen)
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
	if err := s.prepare(ctx, build, l, local.Summary); err != nil {
		local.Stop()
		return s, nil, fmt.Errorf("local run: %w", err)
	}
	return s, local.Stop, nil
}

// prepare makes the local run ready for the tools.
func (s *server) prepare(ctx context.Context, build string, l links, ready stack.Summary) error {
	s.url, s.uploadURL, s.downloadURL = ready.S3URL, ready.UploadURL, ready.DownloadURL
	s.region, s.keyID, s.secret = ready.Region, ready.AccessKeyID, ready.SecretAccessKey
	if l.s3 != nil {
		if err := s.link(l); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	store := users.NewStore(s.url, s.region, s.keyID, s.secret, bucket)
	if _, err := store.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &store.Bucket}); err != nil {
		return fmt.Errorf("make a bucket: %w", err)
	}
	program := filepath.Join(build, "presigned")
	login := presigned(program, s.ourEnv()).command(ctx, []string{program, "login", ready.Username, "--password-stdin"})
	login.Stdin = bytes.NewReader([]byte(ready.Password + "\n"))
	if text, err := login.CombinedOutput(); err != nil {
		return fmt.Errorf("sign in: %w: %s", err, text)
	}
	return nil
}

// link leads every URL through the proxies.
func (s *server) link(l links) error {
	api, err := url.Parse(s.uploadURL)
	if err != nil {
		return err
	}
	l.api.Upstream, l.s3.Upstream = api.Host, strings.TrimPrefix(s.url, "http://")
	s.url = "http://" + l.s3.Listen
	s.uploadURL = strings.Replace(s.uploadURL, api.Host, l.api.Listen, 1)
	s.downloadURL = strings.Replace(s.downloadURL, api.Host, l.api.Listen, 1)
	return nil
}

func (s *server) ourEnv() []string {
	return []string{s.home, "PRESIGNED_OUTPUTS=" + s.outputs, "PRESIGNED_UPLOAD_URL=" + s.uploadURL, "PRESIGNED_DOWNLOAD_URL=" + s.downloadURL}
}
