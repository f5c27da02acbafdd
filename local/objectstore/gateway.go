package objectstore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
	"github.com/versity/versitygw/s3api"
)

// The unix sockets' names: the gateway listens on one, and asks the IAM service on the other.
const (
	gatewaySocket = "s3.sock"
	iamSocket     = "iam.sock"
)

// maxConnections bounds the gateway's connections. A browser opens 6 to a host; a Go client sends parts in parallel.
const maxConnections = 1024

// maxParts is S3's limit of parts in a multipart upload.
const maxParts = 10_000

// maxCopy is S3's limit of bytes in a CopyObject. The gateway's default is none: it would refuse every copy.
const maxCopy = 5 << 30

// startGateway serves the S3 API on the listener and returns once it takes requests.
func (s *Store) startGateway(ctx context.Context, d dirs) error {
	policies, err := s.readPolicies()
	if err != nil {
		return err
	}
	files, err := meta.NewSideCar(d.metadata)
	if err != nil {
		return err
	}
	folder, err := os.Getwd()
	if err != nil {
		return err
	}
	s.closers = append(s.closers, func() error { return os.Chdir(folder) }) // posix.New changes it
	disk, err := posix.New(d.objects, files, posix.PosixOpts{
		VersioningDir:       d.versions,
		SideCarDir:          d.metadata,
		ForceNoObjLockFile:  true, // only this process writes here
		CopyObjectThreshold: maxCopy,
	})
	if err != nil {
		return err
	}
	iam, err := auth.NewIAMServiceStandalone(
		auth.Account{Access: s.Root.AccessKeyID, Secret: s.Root.SecretAccessKey, Role: auth.RoleAdmin},
		auth.IAMServiceStandaloneConfig{Endpoint: filepath.Join(d.sockets, iamSocket)}) // no region: it would record each use
	if err != nil {
		return err
	}
	socket := filepath.Join(d.sockets, gatewaySocket)
	caller := iamClient{iam, s.iam, s.cfg.Now}
	be := guard{Backend: disk, policies: policies, now: s.cfg.Now, uploads: newUploads(), completed: s.cfg.Completed}
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
		IAMService:        caller,
		S3Options: []s3api.Option{
			s3api.WithOnListen(func() { close(listening) }),
			s3api.WithMiddleware("/", closeAfterChunks),
			s3api.WithMiddleware("/", logRequests(s.cfg)),
			s3api.WithMiddleware("/", hideMissing(be, caller)),
			s3api.WithMiddleware("/", refuse(s.cfg)),
		},
	}
	stop, failed := s.runGateway(be, cfg)
	select {
	case <-listening:
	case err := <-failed:
		return err
	case <-ctx.Done():
		return errors.Join(ctx.Err(), stop())
	}
	front := &front{listener: s.cfg.Listener, socket: socket, conns: map[net.Conn]bool{}}
	s.closers = append(s.closers, stop, front.close)
	go front.serve()
	return nil
}

// runGateway runs the gateway until stop is called, which waits for its end. The context is not the caller's: the
// gateway ends by Close, after the connections to it.
func (s *Store) runGateway(be guard, cfg *embedgw.Config) (stop func() error, failed <-chan error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- embedgw.RunVersityGW(ctx, be, cfg) }()
	return func() error {
		cancel()
		if err := <-ended; err != nil {
			return fmt.Errorf("stop S3: %w", err)
		}
		return nil
	}, ended
}
