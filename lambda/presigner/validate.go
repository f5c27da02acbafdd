package presigner

import (
	"encoding/base64"
	"mime"
	"slices"
	"strings"

	"example.com/presigned/lambda/operation"
)

const (
	defaultContentType = "application/json"
	sha256Bytes        = 32
)

// chooseOperation finds the operation that a request names among those that this function signs.
func (c Config) chooseOperation(r request) (operation.Operation, error) {
	if !r.has(fieldOperation) {
		return c.Operations[0], nil
	}
	named := func(op operation.Operation) bool { return op.Name == r.operation }
	if i := slices.IndexFunc(c.Operations, named); i >= 0 {
		return c.Operations[i], nil
	}
	allowed := strings.Join(operation.Names(c.Operations), ", ")
	if slices.ContainsFunc(operation.Table(), named) {
		return operation.Operation{}, refuse(OperationNotEnabled, "operation %q is not enabled on this route: want one of %s", r.operation, allowed)
	}
	return operation.Operation{}, refuse(InvalidOperation, "unknown operation %q: want one of %s", shorten(r.operation), allowed)
}

// validate checks a request against its operation's row and the stage's bounds, and fills in defaults.
func (c Config) validate(op operation.Operation, r *request) error {
	if err := checkFields(op, r); err != nil {
		return err
	}
	if op.Takes(operation.ContentType) && !r.has(operation.ContentType) {
		r.contentType = defaultContentType
	}
	for _, check := range []func(operation.Operation, *request) error{
		c.checkContentType,
		c.checkContentLength,
		checkChecksum,
		checkUploadID,
		checkPartNumber,
		c.checkPartBounds,
		checkFilename,
		checkContinuationToken,
	} {
		if err := check(op, r); err != nil {
			return err
		}
	}
	return nil
}

func checkFields(op operation.Operation, r *request) error {
	for _, field := range r.sent {
		if field != fieldOperation && field != fieldUsername && !op.Takes(field) {
			return refuse(InvalidRequest, "field %q does not go with operation %q", field, op.Name)
		}
	}
	for _, field := range op.Required {
		if !r.has(field) {
			return refuse(InvalidRequest, "operation %q needs field %q", op.Name, field)
		}
	}
	return nil
}

func (c Config) checkContentType(op operation.Operation, r *request) error {
	if !op.Takes(operation.ContentType) {
		return nil
	}
	media, _, err := mime.ParseMediaType(r.contentType)
	if err != nil || !strings.Contains(media, "/") || len(r.contentType) > operation.MaxHeaderBytes || strings.ContainsFunc(r.contentType, notPrintableASCII) {
		return refuse(InvalidContentType, "content type %q: want type/subtype of at most %d printable ASCII characters", shorten(r.contentType), operation.MaxHeaderBytes)
	}
	for _, pattern := range c.ContentTypes {
		if matchesContentType(pattern, media) {
			return nil
		}
	}
	return refuse(ContentTypeNotAllowed, "content type %q: want one of %s", r.contentType, strings.Join(c.ContentTypes, ", "))
}

func matchesContentType(pattern, media string) bool {
	if family, ok := strings.CutSuffix(pattern, "/*"); ok {
		return family == "*" || strings.HasPrefix(media, strings.ToLower(family)+"/")
	}
	return strings.EqualFold(pattern, media)
}

func notPrintableASCII(r rune) bool { return r < ' ' || r > '~' }

func (c Config) checkContentLength(op operation.Operation, r *request) error {
	if !r.has(operation.ContentLength) {
		if op.Takes(operation.ContentLength) && c.MaxUploadBytes > 0 {
			return refuse(InvalidRequest, "operation %q needs field %q here: uploads are limited to %d bytes", op.Name, operation.ContentLength, c.MaxUploadBytes)
		}
		return nil
	}
	// Zero is refused because the Go SDK leaves a zero length unsigned, and with it the content type.
	if r.contentLength <= 0 {
		return refuse(InvalidContentLength, "content length is %d bytes: want at least 1", r.contentLength)
	}
	if r.contentLength > operation.MaxSingleBytes {
		return refuse(UploadTooLarge, "content length is %d bytes: one %s takes at most %d", r.contentLength, op.Name, int64(operation.MaxSingleBytes))
	}
	if c.MaxUploadBytes > 0 && r.contentLength > c.MaxUploadBytes {
		return refuse(UploadTooLarge, "content length is %d bytes: want at most %d", r.contentLength, c.MaxUploadBytes)
	}
	return nil
}

func checkChecksum(_ operation.Operation, r *request) error {
	if r.has(operation.ChecksumAlgorithm) && r.checksumAlgorithm != "SHA256" {
		return refuse(InvalidChecksum, "checksum algorithm %q: want %q", shorten(r.checksumAlgorithm), "SHA256")
	}
	if r.has(operation.ChecksumMode) && r.checksumMode != "ENABLED" {
		return refuse(InvalidChecksum, "checksum mode %q: want %q", shorten(r.checksumMode), "ENABLED")
	}
	if !r.has(operation.ChecksumSHA256) {
		return nil
	}
	sum, err := base64.StdEncoding.Strict().DecodeString(r.checksumSHA256)
	if err != nil || len(sum) != sha256Bytes || strings.ContainsAny(r.checksumSHA256, "\r\n") {
		return refuse(InvalidChecksum, "checksum %q: want the base64 of %d bytes (SHA-256)", shorten(r.checksumSHA256), sha256Bytes)
	}
	return nil
}

func checkUploadID(_ operation.Operation, r *request) error {
	if !r.has(operation.UploadID) {
		return nil
	}
	return checkToken(InvalidUploadID, "upload ID", r.uploadID)
}

func checkContinuationToken(_ operation.Operation, r *request) error {
	if !r.has(operation.ContinuationToken) {
		return nil
	}
	return checkToken(InvalidContinuationToken, "continuation token", r.continuationToken)
}

// checkToken checks a string that S3 gave out and will check itself: here only that it is one.
func checkToken(code Code, what, token string) error {
	isOther := func(r rune) bool { return notPrintableASCII(r) || r == ' ' }
	if token == "" || len(token) > operation.MaxTokenBytes || strings.ContainsFunc(token, isOther) {
		return refuse(code, "%s %q: want 1 to %d printable ASCII characters, as S3 gave it", what, shorten(token), operation.MaxTokenBytes)
	}
	return nil
}

func checkPartNumber(_ operation.Operation, r *request) error {
	if r.has(operation.PartNumber) && (r.partNumber < 1 || r.partNumber > operation.MaxParts) {
		return refuse(InvalidPartNumber, "part number %d: want 1 to %d", r.partNumber, operation.MaxParts)
	}
	return nil
}

// checkPartBounds keeps the sum of all parts within MaxUploadBytes without remembering any of them:
// part n may only fill its own slot of PartBytes, and the last slot ends at the bound.
func (c Config) checkPartBounds(_ operation.Operation, r *request) error {
	if c.MaxUploadBytes == 0 || !r.has(operation.PartNumber) || !r.has(operation.ContentLength) {
		return nil
	}
	if r.contentLength > c.PartBytes {
		return refuse(UploadTooLarge, "part of %d bytes: want at most the part size, %d", r.contentLength, c.PartBytes)
	}
	if start := (r.partNumber - 1) * c.PartBytes; start+r.contentLength > c.MaxUploadBytes {
		return refuse(UploadTooLarge, "part %d of %d bytes ends at byte %d: want at most %d in all",
			r.partNumber, r.contentLength, start+r.contentLength, c.MaxUploadBytes)
	}
	return nil
}

func checkFilename(_ operation.Operation, r *request) error {
	if !r.has(operation.Filename) {
		return nil
	}
	isControl := func(r rune) bool { return r < ' ' || r == 0x7F || r == '\uFFFD' }
	if r.filename == "" || len(r.filename) > operation.MaxHeaderBytes || strings.ContainsFunc(r.filename, isControl) {
		return refuse(InvalidFilename, "filename %q: want 1 to %d bytes without control characters", shorten(r.filename), operation.MaxHeaderBytes)
	}
	return nil
}
