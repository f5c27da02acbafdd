package iam

import (
	"slices"

	"example.com/presigned/infra/stage"
)

// may is a row of what is allowed, by these statements.
func may(does, action, on, by, guard string) row {
	return row{does: does, action: action, on: on, want: allowed, by: by, guard: guard}
}

// mayNot is a row of what these statements refuse; "": nothing allows it.
func mayNot(does, action, on, by, guard string) row {
	return row{does: does, action: action, on: on, want: refused, by: by, guard: guard}
}

// with is the row in a context of its own.
func (r row) with(context string) row {
	r.context = context
	return r
}

// in is the row where a stage has more than the other rows of its group need.
func (r row) in(when condition) row {
	r.when = when
	return r
}

// of gives rows a caller, and what they don't have of their own: the context and the stages.
func of(caller string, when condition, context string, rows ...row) []row {
	for i := range rows {
		r := &rows[i]
		r.caller = caller
		if r.context == "" {
			r.context = context
		}
		r.when = both(r.when, when)
	}
	return rows
}

// condition tells the stages in which a row holds; nil means all.
type condition func(stage.Stage) bool

func both(a, b condition) condition {
	return func(s stage.Stage) bool { return (a == nil || a(s)) && (b == nil || b(s)) }
}

func not(c condition) condition { return func(s stage.Stage) bool { return !c(s) } }

func multipart(s stage.Stage) bool  { return s.Multipart }
func downloads(s stage.Stage) bool  { return s.Downloads }
func listing(s stage.Stage) bool    { return s.Listing }
func deletion(s stage.Stage) bool   { return s.Deletion }
func tracing(s stage.Stage) bool    { return s.Tracing }
func scanned(s stage.Stage) bool    { return s.MalwareScan }
func ownKey(s stage.Stage) bool     { return s.KMSKey }
func hooked(s stage.Stage) bool     { return s.WebhookURL != "" }
func accessLogs(s stage.Stage) bool { return s.ServerAccessLogs && s.AccessLogBucketName == "" }

// way is a way of sending a request that the bucket policy takes away from everybody.
type way struct {
	how, base, more string // the context: before and after what the request itself has
	by, guard       string
}

func ways() []way {
	return []way{
		{"by a presigned form", postedForm, "", "DenyPresignedPOST", "A form does not honour If-None-Match, even where it carries one."},
		{"with signature version 2", presigned, sigV2, "DenySignatureVersion2", "Version 2 leaves headers out of the signature and its age out of the bucket policy."},
		{"over TLS 1.1", presigned, tls11, "DenyOldTLS", "The bucket policy wants TLS 1.2 or later."},
		{"over plain http", presigned, plainHTTP, "DenyPlainHTTP", "The bucket policy wants TLS: a presigned URL is a bearer credential."},
		{"with a signature 301 s old", presigned, age301s, "DenyOldSignatures", "The bucket policy ends every signature after 300 s, whatever expiry was signed."},
	}
}

// rows is the whole table.
func rows() []row {
	return slices.Concat(operationRows(), uploadRows(), listingRows(), signerRows(), keyRows(), administratorRows(), strangerRows(), scanRows(), accessLogRows(), webhookRows())
}
