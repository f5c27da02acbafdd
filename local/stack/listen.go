package stack

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
)

// listeners are the stack's open ports. They are opened before anything else, so that every package knows every URL.
type listeners struct{ api, s3, cognito, page net.Listener }

func (s *Stack) open(ctx context.Context) (err error) {
	ports := []struct {
		name, address string
		to            *net.Listener
	}{
		{"api", s.cfg.API, &s.listen.api}, {"s3", s.cfg.S3, &s.listen.s3},
		{"cognito", s.cfg.Cognito, &s.listen.cognito}, {"page", s.cfg.Page, &s.listen.page},
	}
	for _, p := range ports {
		if p.name == "page" && p.address == "" {
			continue
		}
		if *p.to, err = listen(ctx, p.name, p.address); err != nil {
			return err
		}
		s.closers = append(s.closers, (*p.to).Close)
	}
	return nil
}

// listen takes loopback addresses only, because the stack's passwords are on the screen and its bucket is a folder.
func listen(ctx context.Context, name, address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("--%s %q: want host:port", name, address)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("--%s %q: want a loopback address such as 127.0.0.1:8080", name, address)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("--%s %q: %w\nhint: take another port, or port 0 for any free one", name, address, err)
	}
	return l, nil
}

// url is a listener's address as clients use it.
func url(l net.Listener) string { return "http://" + l.Addr().String() }

// absolute makes the paths absolute before the object store changes the working directory.
func (s *Stack) absolute(context.Context) error {
	for _, path := range []*string{
		&s.cfg.Assembly, &s.cfg.PageDir, &s.cfg.Contract, &s.cfg.Data, &s.cfg.OutputsFile,
	} {
		if *path == "" {
			continue
		}
		abs, err := filepath.Abs(*path)
		if err != nil {
			return err
		}
		*path = abs
	}
	return nil
}
