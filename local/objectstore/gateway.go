package objectstore

import (
	"context"
	"os"
	"path/filepath"
	"sync"

	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
	"github.com/versity/versitygw/s3api"
)

// maxConnections bounds the gateway's connections. A browser opens 6 to a host; a Go client sends parts in parallel.
const maxConnections = 1024

// maxParts is S3's limit of parts in a multipart upload.
const maxParts = 10_000

// maxCopy is S3's limit of bytes in a CopyObject. The gateway's default, 0, refuses every copy.
const maxCopy = 5 << 30

// openDisk keeps the objects in dir, which is absolute, because the gateway changes the working directory.
func (s *Store) openDisk(dir string) (*posix.Posix, error) {
	objects, versions, metadata := filepath.Join(dir, "objects"), filepath.Join(dir, "versions"), filepath.Join(dir, "metadata")
	for _, folder := range []string{objects, versions, metadata} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, err
		}
	}
	files, err := meta.NewSideCar(metadata)
	if err != nil {
		return nil, err
	}
	before, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, func() error { return os.Chdir(before) })
	return posix.New(objects, files, posix.PosixOpts{
		VersioningDir:       versions,
		SideCarDir:          metadata,
		ForceNoObjLockFile:  true, // only this process writes here
		CopyObjectThreshold: maxCopy,
	})
}

// startGateway serves the S3 API on the listener and returns once it accepts requests.
func (s *Store) startGateway(ctx context.Context, dir string) error {
	policies, err := s.readPolicies()
	if err != nil {
		return err
	}
	disk, err := s.openDisk(dir)
	if err != nil {
		return err
	}
	socket := filepath.Join(s.temp, "s3.sock")
	be := guard{Backend: disk, policies: policies, now: s.cfg.Now, uploads: &sync.Map{}, completed: s.cfg.Completed}
	listening := make(chan struct{})
	cfg := &embedgw.Config{
		RootUserAccess: s.Root.AccessKeyID, RootUserSecret: s.Root.SecretAccessKey,
		Region:            s.t.Region(),
		Ports:             []string{socket},
		MaxConnections:    maxConnections,
		MaxRequests:       maxConnections,
		MultipartMaxParts: maxParts,
		Quiet:             true,
		KeepAlive:         true,
		DisableACLs:       true, // bucket owner enforced
		IAMService:        s.iam,
		S3Options: []s3api.Option{
			s3api.WithOnListen(func() { close(listening) }),
			s3api.WithMiddleware("/", closeAfterChunks),
			s3api.WithMiddleware("/", logRequests(s.cfg)),
			s3api.WithMiddleware("/", hideMissing(be, s.iam)),
			s3api.WithMiddleware("/", refuseAsS3(s.cfg)),
		},
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx)) // it ends by Close, after the connections to it
	ended := make(chan error, 1)
	go func() {
		defer close(ended)
		ended <- embedgw.RunVersityGW(running, be, cfg)
	}()
	s.closers = append(s.closers, func() error { cancel(); return <-ended })
	select {
	case <-listening:
		s.closers = append(s.closers, forward(s.cfg.Listener, socket))
		return nil
	case err := <-ended:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
