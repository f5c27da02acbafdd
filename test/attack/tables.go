package attack

import (
	"slices"

	"example.com/presigned/lambda/operation"
)

// Tables has all rows, in the order in which they run.
func Tables() []Table {
	tables := []Table{
		{"tokens", nil, tokenRows()},
		{"tokens", []Need{Downloads}, routeTokenRows(operation.Download)},
		{"tokens", []Need{Deletion}, routeTokenRows(operation.Delete)},
	}
	for _, op := range operation.Table() {
		tables = append(tables, Table{"other users' keys", needOf(op), otherUsersKeys(op)})
	}
	return slices.Concat(tables, []Table{
		{"requests", nil, requestRows()},
		{"requests", []Need{Multipart}, partRequestRows()},
		{"requests", []Need{Downloads}, downloadRequestRows()},
		{"requests", []Need{Deletion}, deleteRequestRows()},
		{"batches", nil, batchRows()},
		{"filenames", nil, filenameRows()},
		{"signed headers", nil, headerRows()},
		{"query", nil, queryRows()},
		{"method, path and body", nil, methodRows()},
		{"reuse", nil, reuseRows()},
		{"uploads at once", []Need{Downloads}, atOnceRows()},
		{"without a signature", nil, anonymousRows()},
		{"multipart", []Need{Multipart}, multipartRows()},
		{"checksum of a part", []Need{Multipart}, partChecksumRows()},
		{"a resumed upload", []Need{Multipart, Downloads}, resumedRows()},
		{"downloads", []Need{Downloads}, downloadRows()},
		{"missing key", []Need{Downloads}, missingKeyRows()},
		{"listing", []Need{Listing}, listingRows()},
		{"listing", []Need{Listing}, startRows()},
		{"deletion", []Need{Deletion}, deletionRows()},
		{"deletion", []Need{Deletion, Downloads}, deletedRows()},
		{"bounds", []Need{Bounded}, boundRows()},
		{"bounds", []Need{Bounded, Multipart}, partBoundRows()},
		{"content types", []Need{Types}, typeRows()},
		{"content types", []Need{Types, Multipart}, typeInPartsRows()},
		{"origins", []Need{Origins}, originRows()},
		{"TLS", []Need{HTTPS}, tlsRows()},
		{"bucket policy", []Need{Signer}, policyRows()},
		{"gateway", nil, gatewayRows()},
		{"throttling", nil, throttleRows()},
		{"expiry", []Need{Time}, expiryRows()},
		{"sign-out", nil, signOutRows()},
	})
}

// Smoke has the rows of the short profile: the main uses, and one attack of each kind.
func Smoke() []string {
	return []string{
		"tokens/no token", "tokens/claims changed", "tokens/ID token", "tokens/another path",
		"other users' keys/uploadPart \"alice/1595114575104\"", "other users' keys/getObject \"alice/1595114575104\"",
		"requests/unknown field", "requests/somebody else's username", "batches/each request gets its own result",
		"signed headers/If-None-Match left off", "signed headers/X-Amz-Acl added", "query/X-Amz-Expires changed",
		"method, path and body/another user's key", "method, path and body/other content of the same length",
		"reuse/the same URL twice", "without a signature/read an object",
		"multipart/another user's upload ID under one's own key", "checksum of a part/other content",
		"a resumed upload/is completed once", "downloads/round trip", "missing key/GET", "listing/shows the caller's objects alone",
		"deletion/removes the object",
		"bounds/one byte too many", "content types/a web page", "origins/preflight of the API from an allowed origin",
		"TLS/S3 over plain HTTP", "bucket policy/overwrite", "sign-out/a signed-out user gets no new token",
	}
}

// Undocumented has the rows whose refusal AWS documents, but not which of several codes it has, with the other codes that a
// row accepts. docs/assumptions.md says what is not documented.
func Undocumented() map[string][]Outcome {
	mismatch := Outcome{403, "SignatureDoesNotMatch"}
	query := Outcome{400, "AuthorizationQueryParametersError"}
	return map[string][]Outcome{
		// The order in which S3 checks a request.
		"query/X-Amz-Credential changed":       {query, {403, "InvalidAccessKeyId"}},
		"query/X-Amz-Date changed":             {mismatch, {403, "AccessDenied"}},
		"query/X-Amz-SignedHeaders changed":    {mismatch, query},
		"query/acl changed":                    {{403, "AccessDenied"}},
		"method, path and body/POST":           {mismatch, {400, "InvalidRequest"}, {412, "PreconditionFailed"}},
		"method, path and body/another bucket": {{404, "NoSuchBucket"}},
		"query/decoded once":                   {{400, "InvalidToken"}, query, {403, "AccessDenied"}},
		// The code of a request with two kinds of authentication.
		"signed headers/Authorization added": {{400, "InvalidRequest"}, {403, "AccessDenied"}},
		// The code of an unknown algorithm.
		"query/X-Amz-Algorithm changed": {{400, "InvalidRequest"}, {400, "InvalidArgument"}},
		// Regions from before 2014 know Signature Version 2; the bucket policy refuses it there.
		"without a signature/SigV2 in the query": {{403, "AccessDenied"}, {403, "InvalidAccessKeyId"}},
		"bucket policy/Signature Version 2":      {{403, "AccessDenied"}},
		// Whether S3 looks for the upload or for the object first.
		"a resumed upload/is completed once": {{404, "NoSuchUpload"}},
		// If an endpoint still speaks TLS 1.1, the bucket policy refuses.
		"TLS/S3 with TLS 1.1": {{403, "AccessDenied"}},
	}
}
