package client

import (
	"errors"
	"fmt"

	"example.com/presigned/client/internal/wire"
)

// Error types for errors.As.
type (
	// Problem is a refusal by the endpoint: status, stable code, and a sentence.
	Problem = wire.Problem
	// Refusal is a refusal by S3.
	Refusal = wire.Refusal
	// Broken is a request that got no complete answer.
	Broken = wire.Broken
)

// Errors for errors.Is.
var (
	ErrChanged     = errors.New("the file changed while it was read")
	ErrTooLarge    = errors.New("too large for this stack")
	ErrCorrupt     = errors.New("the checksum does not match")
	ErrUnsure      = errors.New("no answer came, and whether it is stored is not known")
	ErrNoObject    = errors.New("no such object, or none that may be read")
	ErrNoDownloads = errors.New("this stack offers no downloads")
	ErrNoDeletion  = errors.New("this stack offers no deletion")
	ErrNoMultipart = errors.New("this stack offers no multipart uploads")
)

// ProxyRefused reports that a proxy between this machine and the stack asks for a password.
func ProxyRefused(err error) bool { return wire.ProxyRefused(err) }

// notEnabled reports that the stack's stage leaves the operation out.
func notEnabled(err error) bool { return wire.HasCode(err, "OperationNotEnabled") }

// tooLarge reports the received and the allowed size.
func tooLarge(got, allowed int64) error {
	return fmt.Errorf("%w: got %d bytes, at most %d are allowed", ErrTooLarge, got, allowed)
}
