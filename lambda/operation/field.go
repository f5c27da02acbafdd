package operation

// FieldSchema says what a request field may hold, as JSON Schema has it. The contract document is written from all of
// it, API Gateway's request model from type and enum alone. The function checks every bound by itself: the test
// TestTheFunctionKeepsTheBoundsThatTheTableSays asks it for values on either side.
type FieldSchema struct {
	Type        string // "string" or "integer"
	Description string // one sentence, with unit and default
	Pattern     string // ECMA 262, anchored; empty for none
	MinLength   int    // characters
	MaxLength   int    // characters; 0 for none
	Minimum     int64
	Maximum     int64 // 0 for none
	Enum        []string
	Example     any
}

// Longest values, in bytes of ASCII.
const (
	MaxHeaderBytes = 255   // of a content type or a filename: what any client, proxy and file system carries
	MaxTokenBytes  = 2_048 // of an upload ID or a continuation token; S3 documents no bound, and sends less
)

const printableASCII = "^[\\x21-\\x7e]+$"

// Fields returns the schema of every field besides "operation" and "username".
func Fields() map[Field]FieldSchema {
	return map[Field]FieldSchema{
		Key: {
			Type: "string", MinLength: 1, MaxLength: MaxKeyBytes, Example: "johndoe/1595114575104",
			Description: "Object key, in the caller's own prefix.",
		},
		ContentType: {
			Type: "string", MinLength: 3, MaxLength: MaxHeaderBytes, Pattern: "^[\\x20-\\x7e]+$", Example: "image/png",
			Description: "Content type of the object; signed, so S3 refuses any other. Default application/json.",
		},
		ContentLength: {
			Type: "integer", Minimum: 1, Maximum: MaxSingleBytes, Example: 119,
			Description: "Length of the body in bytes; signed, so S3 refuses any other. Required where uploads are bounded.",
		},
		ChecksumSHA256: {
			Type: "string", MinLength: 44, MaxLength: 44, Pattern: "^[A-Za-z0-9+/]{43}=$", Example: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
			Description: "Base64 of the body's SHA-256; signed, so S3 refuses other content.",
		},
		ChecksumAlgorithm: {
			Type: "string", Enum: []string{"SHA256"}, Example: "SHA256",
			Description: "Makes S3 want a SHA-256 checksum for every part.",
		},
		ChecksumMode: {
			Type: "string", Enum: []string{"ENABLED"}, Example: "ENABLED",
			Description: "Makes S3 tell the object's checksum; signed as a header, which a plain link cannot send.",
		},
		UploadID: {
			Type: "string", MinLength: 1, MaxLength: MaxTokenBytes, Pattern: printableASCII, Example: "VXBsb2FkIElE",
			Description: "Upload ID that S3 gave for createMultipartUpload.",
		},
		PartNumber: {
			Type: "integer", Minimum: 1, Maximum: MaxParts, Example: 1,
			Description: "Number of the part; for listParts, the last part already listed.",
		},
		Filename: {
			Type: "string", MinLength: 1, MaxLength: MaxHeaderBytes, Example: "banana.json",
			Description: "Name under which a browser saves the download, at most 255 bytes of UTF-8.",
		},
		ContinuationToken: {
			Type: "string", MinLength: 1, MaxLength: MaxTokenBytes, Pattern: printableASCII, Example: "MTU5NTExNDU3NTEwNA==",
			Description: "NextContinuationToken of the page before.",
		},
	}
}
