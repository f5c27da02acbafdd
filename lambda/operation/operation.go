// Package operation has the one table of the S3 operations that this project presigns.
//
// For each operation it has the HTTP method, the request fields, the headers and query parameters that are signed into
// the URL, and the IAM action that the signer's role needs. The functions' environments, their roles, the validation, the
// signature and the documentation are all generated from this table, so they cannot disagree.
//
// Anything may import it; it imports the standard library only, and needs no IAM action itself.
package operation

import (
	"fmt"
	"slices"
	"strings"
)

// Limits of Amazon S3 and of this project, in the units their names say.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
const (
	MaxSingleBytes = 5 << 30 // largest body of one PutObject or UploadPart: 5 GiB
	MinPartBytes   = 5 << 20 // smallest part except the last: 5 MiB
	MaxParts       = 10_000  // parts of one multipart upload, numbered from 1
	MaxKeyBytes    = 1_024   // longest object key, UTF-8
	MaxBatch       = 100     // requests of one batch
	ExpirySeconds  = 300     // how long a presigned URL works; the bucket policy denies older signatures
)

// Option is the stage option that switches an operation on.
type Option string

// The options. Single is always on.
const (
	Single    Option = "single"
	Multipart Option = "multipart"
	Downloads Option = "downloads"
	Listing   Option = "listing"
	Deletion  Option = "deletion"
)

// Resource is the kind of resource in an IAM statement for the operation.
type Resource string

// The resources: every object of the bucket, or the bucket itself.
const (
	Objects Resource = "bucket/*"
	Bucket  Resource = "bucket"
)

// Operation is a row of the table.
type Operation struct {
	Name     string // as in the S3 API, but with a lower-case first letter
	Summary  string // one sentence for the documentation
	Route    Route
	Option   Option
	Method   string  // HTTP method that the client sends to S3
	Required []Field // fields that a request must have
	Optional []Field // fields that a request may have; any other field is refused
	Headers  []Param // signed, so the client must send them; Host is always signed
	Query    []Param // query parameters that the operation itself adds to the URL
	Action   string  // IAM action that S3 checks against the signer's role
	Resource Resource
	NewKey   bool   // the server chooses a new key; otherwise a request for an object names one in the caller's prefix
	Note     string // further sentences for the documentation
}

// Param is a header or a query parameter that is signed into the URL. Its value is fixed, or that of a
// field. A field that the request doesn't have is left out.
type Param struct {
	Name  string
	Field Field  // empty for a Value
	Value string // may be empty, as for "uploads"
}

const noteOnChecksums = "A part's checksum must match what createMultipartUpload announced. If that was sent with checksumAlgorithm, " +
	"S3 refuses a part without checksumSHA256. If it was sent without, S3 refuses a part that has one."

const noteOnDeletion = "S3 answers 204 whether or not there was an object. A request can't name a version: a bucket with " +
	"versions keeps a deleted object as a noncurrent version, until the stage's noncurrentDays have passed."

// writeOnce makes S3 answer 412 if the key exists.
func writeOnce() Param { return Param{Name: "If-None-Match", Value: "*"} }

// Table lists every operation, the default of each route first.
//
// It is a function because a package-level slice could be changed by an importer, which would change what is signed.
//
//nolint:funlen // a table, one row an operation
func Table() []Operation {
	return []Operation{
		{
			Name: "putObject", Summary: "Upload one object of up to 5 GiB in a single PUT.",
			Route: Upload, Option: Single, Method: "PUT",
			Optional: []Field{ContentType, ContentLength, ChecksumSHA256, Filename},
			Headers: []Param{
				{Name: "Content-Length", Field: ContentLength},
				{Name: "Content-Type", Field: ContentType},
				writeOnce(),
				{Name: "X-Amz-Checksum-Sha256", Field: ChecksumSHA256},
			},
			Query:  []Param{{Name: "x-id", Value: "PutObject"}},
			Action: "s3:PutObject", Resource: Objects, NewKey: true,
		},
		{
			Name: "createMultipartUpload", Summary: "Start a multipart upload; S3 answers with its upload ID.",
			Route: Upload, Option: Multipart, Method: "POST",
			Optional: []Field{ContentType, ChecksumAlgorithm, Filename},
			Headers: []Param{
				{Name: "Content-Type", Field: ContentType},
				{Name: "X-Amz-Checksum-Algorithm", Field: ChecksumAlgorithm},
			},
			Query:  []Param{{Name: "uploads"}},
			Action: "s3:PutObject", Resource: Objects, NewKey: true, Note: noteOnChecksums,
		},
		{
			Name: "uploadPart", Summary: "Upload one part.",
			Route: Upload, Option: Multipart, Method: "PUT",
			Required: []Field{Key, UploadID, PartNumber, ContentLength},
			Optional: []Field{ChecksumSHA256},
			Headers: []Param{
				{Name: "Content-Length", Field: ContentLength},
				{Name: "X-Amz-Checksum-Sha256", Field: ChecksumSHA256},
			},
			Query: []Param{
				{Name: "partNumber", Field: PartNumber},
				{Name: "uploadId", Field: UploadID},
				{Name: "x-id", Value: "UploadPart"},
			},
			Action: "s3:PutObject", Resource: Objects, Note: noteOnChecksums,
		},
		{
			Name: "listParts", Summary: "List the parts that S3 already holds, to resume an upload.",
			Route: Upload, Option: Multipart, Method: "GET",
			Required: []Field{Key, UploadID},
			Optional: []Field{PartNumber},
			Query: []Param{
				{Name: "part-number-marker", Field: PartNumber},
				{Name: "uploadId", Field: UploadID},
			},
			Action: "s3:ListMultipartUploadParts", Resource: Objects,
		},
		{
			Name: "completeMultipartUpload", Summary: "Join the parts into the object, once.",
			Route: Upload, Option: Multipart, Method: "POST",
			Required: []Field{Key, UploadID},
			Headers:  []Param{writeOnce()},
			Query:    []Param{{Name: "uploadId", Field: UploadID}},
			Action:   "s3:PutObject", Resource: Objects,
		},
		{
			Name: "abortMultipartUpload", Summary: "Abort a multipart upload and delete its parts.",
			Route: Upload, Option: Multipart, Method: "DELETE",
			Required: []Field{Key, UploadID},
			Query:    []Param{{Name: "uploadId", Field: UploadID}},
			Action:   "s3:AbortMultipartUpload", Resource: Objects,
		},
		{
			Name: "getObject", Summary: "Download one object, whole or by Range.",
			Route: Download, Option: Downloads, Method: "GET",
			Required: []Field{Key},
			Optional: []Field{Filename, ChecksumMode},
			Headers:  []Param{{Name: "X-Amz-Checksum-Mode", Field: ChecksumMode}},
			Query: []Param{
				{Name: "response-content-disposition", Field: Filename},
				{Name: "x-id", Value: "GetObject"},
			},
			Action: "s3:GetObject", Resource: Objects,
		},
		{
			Name: "headObject", Summary: "Read one object's length, content type and checksum.",
			Route: Download, Option: Downloads, Method: "HEAD",
			Required: []Field{Key},
			Headers:  []Param{{Name: "X-Amz-Checksum-Mode", Value: "ENABLED"}},
			Action:   "s3:GetObject", Resource: Objects,
		},
		{
			Name: "listObjectsV2", Summary: "List the caller's own objects, 1,000 a page.",
			Route: Download, Option: Listing, Method: "GET",
			Optional: []Field{ContinuationToken, StartAfter},
			Query: []Param{
				{Name: "continuation-token", Field: ContinuationToken},
				{Name: "list-type", Value: "2"},
				{Name: "max-keys", Value: "1000"},
				{Name: "prefix", Field: Key}, // the caller's prefix, in place of a key
				{Name: "start-after", Field: StartAfter},
			},
			Action: "s3:ListBucket", Resource: Bucket,
		},
		{
			Name: "deleteObject", Summary: "Delete one object.",
			Route: Delete, Option: Deletion, Method: "DELETE",
			Required: []Field{Key},
			Action:   "s3:DeleteObject", Resource: Objects, Note: noteOnDeletion,
		},
	}
}

// Enabled returns the operations of a route that the given options switch on, in the table's order.
func Enabled(route Route, options ...Option) []Operation {
	return slices.DeleteFunc(Table(), func(op Operation) bool {
		return op.Route != route || !slices.Contains(options, op.Option)
	})
}

// Names returns the operations' names, in order.
func Names(ops []Operation) []string {
	names := make([]string, len(ops))
	for i, op := range ops {
		names[i] = op.Name
	}
	return names
}

// Parse reads a comma-separated list of operation names from a function's environment.
func Parse(list string) ([]Operation, error) {
	var ops []Operation
	for name := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(Table(), func(op Operation) bool { return op.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("unknown operation %q: want one of %s", name, strings.Join(Names(Table()), ", "))
		}
		ops = append(ops, Table()[i])
	}
	return ops, nil
}

// Takes reports whether the operation takes the field at all.
func (op Operation) Takes(f Field) bool {
	return slices.Contains(op.Required, f) || slices.Contains(op.Optional, f)
}

// WriteOnce reports whether the operation is signed with If-None-Match: *.
func (op Operation) WriteOnce() bool { return slices.Contains(op.Headers, writeOnce()) }
