package stack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	neturl "net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// listeners are the stack's open ports. They are opened first, so that every package knows every URL.
type listeners struct{ api, s3, cognito, page net.Listener }

// open opens the ports. If another run uses a port, or the outputs file, and Config.Movable names it, open takes another.
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
		*p.to, err = listen(ctx, p.name, p.address)
		if errors.Is(err, syscall.EADDRINUSE) && slices.Contains(s.cfg.Movable, p.name) {
			host, port, _ := net.SplitHostPort(p.address)
			s.Taken = append(s.Taken, port)
			*p.to, err = listen(ctx, p.name, net.JoinHostPort(host, "0"))
		}
		if err != nil {
			return err
		}
		s.closers = append(s.closers, (*p.to).Close)
	}
	if slices.Contains(s.cfg.Movable, "outputs") && servedByAnother(ctx, s.cfg.OutputsFile, s.listen.s3.Addr().String()) {
		_, port, _ := net.SplitHostPort(s.listen.api.Addr().String())
		s.cfg.OutputsFile = strings.TrimSuffix(s.cfg.OutputsFile, ".json") + "-" + port + ".json"
		s.closers = append(s.closers, func() error { return os.RemoveAll(s.cfg.OutputsFile) }) // otherwise each run would leave a file
	}
	return nil
}

// servedByAnother reports whether another run wrote the outputs file and still serves its S3. own is the address of this
// run's S3.
func servedByAnother(ctx context.Context, file, own string) bool {
	text, err := os.ReadFile(file) //nolint:gosec // G304: the flag --outputs names it
	var stacks map[string]map[string]string
	if err != nil || json.Unmarshal(text, &stacks) != nil {
		return false
	}
	for _, outputs := range stacks {
		u, err := neturl.Parse(outputs["LocalS3Url"])
		if err != nil || u.Host == "" || u.Host == own {
			continue
		}
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", u.Host)
		if err == nil {
			_ = conn.Close()
			return true
		}
	}
	return false
}

// listen accepts only loopback addresses, because the run prints its passwords and keeps its bucket in a folder.
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
	for _, path := range []*string{&s.cfg.Assembly, &s.cfg.PageDir, &s.cfg.Data, &s.cfg.OutputsFile} {
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
