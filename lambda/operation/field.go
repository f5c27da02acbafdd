package operation

// Field is the JSON name of a field of the request body.
type Field string

// The fields of a request for one operation. Every request may also have "operation" and "username".
const (
	Key               Field = "key"
	ContentType       Field = "contentType"
	ContentLength     Field = "contentLength"
	ChecksumSHA256    Field = "checksumSHA256"
	ChecksumAlgorithm Field = "checksumAlgorithm"
	ChecksumMode      Field = "checksumMode"
	UploadID          Field = "uploadId"
	PartNumber        Field = "partNumber"
	Filename          Field = "filename"
	ContinuationToken Field = "continuationToken"
	StartAfter        Field = "startAfter"
)

// FieldSchema describes a field's values, as JSON Schema does. The contract document has all of it. API Gateway's
// request model has only the type and the enum. The function refuses every value that a schema does not allow.
type FieldSchema struct {
	Type        string // "string" or "integer"
	Code        string // of lambda/presigner/problem.go: refuses a value that is not allowed
	Format      string // "int64" where 32 bits are too few for a generated client; otherwise empty
	Description string // for the contract, with unit and default
	Pattern     string // anchored, in the syntax that ECMA 262 and Go share; empty for none
	Allowed     string // what Pattern allows, in the words of a refusal
	MinLength   int    // characters
	MaxLength   int    // characters
	Minimum     int64
	Maximum     int64
	Enum        []string
	Example     any
}

// Longest values, in characters.
const (
	MaxContentType = 255   // every client and proxy accepts a header of this length
	MaxFilename    = 255   // the longest name on common file systems
	MaxToken       = 2_048 // upload ID or continuation token; S3 documents no bound, and sends shorter ones
)

// Fields returns the schema of every field besides "operation" and "username".
func Fields() map[Field]FieldSchema {
	const printable, asS3GaveIt = `^[\x21-\x7e]+$`, "printable ASCII characters, as S3 gave it"
	return map[Field]FieldSchema{
		Key: {
			Type: "string", Code: "InvalidKey", MinLength: 1, MaxLength: MaxKeyBytes, Example: "johndoe/1595114575104",
			Description: "Object key, in the caller's own prefix.",
		},
		ContentType: {
			Type: "string", Code: "InvalidContentType", MinLength: 3, MaxLength: MaxContentType, Example: "image/png",
			Pattern: `^[\x20-\x7e]+$`, Allowed: "type/subtype in printable ASCII characters",
			Description: "Content type of the object; signed, so S3 refuses any other. Default application/json.",
		},
		ContentLength: {
			Type: "integer", Code: "InvalidContentLength", Format: "int64", Minimum: 0, Maximum: MaxSingleBytes, Example: 119,
			Description: "Length of the body in bytes; signed, so S3 refuses any other. Required if the stage bounds uploads. For 0, the checksum of an empty body is signed instead; a part may not be empty.",
		},
		ChecksumSHA256: {
			Type: "string", Code: "InvalidChecksum", MinLength: 44, MaxLength: 44, Example: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
			// The last character holds 4 bits of the checksum and 2 bits of padding, which are 0.
			Pattern: `^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$`, Allowed: "the base64 of 32 bytes (SHA-256)",
			Description: "Base64 of the body's SHA-256; signed, so S3 refuses other content.",
		},
		ChecksumAlgorithm: {
			Type: "string", Code: "InvalidChecksum", Enum: []string{"SHA256"}, Example: "SHA256",
			Description: "Makes S3 require a SHA-256 checksum for every part.",
		},
		ChecksumMode: {
			Type: "string", Code: "InvalidChecksum", Enum: []string{"ENABLED"}, Example: "ENABLED",
			Description: "Makes S3 return the object's checksum; signed as a header, which a plain link cannot send.",
		},
		UploadID: {
			Type: "string", Code: "InvalidUploadId", MinLength: 1, MaxLength: MaxToken, Pattern: printable, Allowed: asS3GaveIt, Example: "VXBsb2FkIElE",
			Description: "Upload ID that S3 gave for createMultipartUpload.",
		},
		PartNumber: {
			Type: "integer", Code: "InvalidPartNumber", Minimum: 1, Maximum: MaxParts, Example: 1,
			Description: "Number of the part; for listParts, the last part already listed.",
		},
		Filename: {
			Type: "string", Code: "InvalidFilename", MinLength: 1, MaxLength: MaxFilename, Example: "banana.json",
			Pattern: `^[^\x00-\x1f\x7f]+$`, Allowed: "a name without control characters",
			Description: "Name of the file. In an upload it becomes the end of the key, shortened if it is long; in a download it is the name under which a browser saves the file.",
		},
		ContinuationToken: {
			Type: "string", Code: "InvalidContinuationToken", MinLength: 1, MaxLength: MaxToken, Pattern: printable, Allowed: asS3GaveIt, Example: "MTU5NTExNDU3NTEwNA==",
			Description: "NextContinuationToken of the previous page.",
		},
		StartAfter: {
			Type: "string", Code: "InvalidKey", MinLength: 1, MaxLength: MaxKeyBytes, Example: "johndoe/1595114575104",
			Description: "List only keys after this one, in the caller's own prefix. After the prefix, a key has its time, so the newest objects can be listed without the older ones.",
		},
	}
}
