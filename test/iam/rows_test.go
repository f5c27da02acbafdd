package iam

import (
	"slices"

	"example.com/presigned/infra/stage"
)

// may is a row that these statements allow.
func may(does, action, on, by, guard string) row {
	return row{does: does, action: action, on: on, want: allowed, by: by, guard: guard}
}

// mayNot is a row that these statements refuse; "" if no statement allows it.
func mayNot(does, action, on, by, guard string) row {
	return row{does: does, action: action, on: on, want: refused, by: by, guard: guard}
}

// with returns the row with its own context.
func (r row) with(context string) row {
	r.context = context
	return r
}

// in returns the row with a further condition on the stage.
func (r row) in(when condition) row {
	r.when = when
	return r
}

// of gives rows their caller, their condition on the stage, and a context unless they have their own.
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

// condition selects the stages for a row; nil selects all.
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

// way is a way to send a request that the bucket policy denies to everybody.
type way struct {
	how        string
	base, more string // the context before and after the request's own
	by, guard  string
}

func ways() []way {
	return []way{
		{"by a presigned form", postedForm, "", "DenyPresignedPOST", "A form does not honor If-None-Match, even if it has one."},
		{"with signature version 2", presigned, sigV2, "DenySignatureVersion2", "Version 2 leaves headers out of the signature and its age out of the bucket policy."},
		{"over TLS 1.1", presigned, tls11, "DenyOldTLS", "The bucket policy requires TLS 1.2 or later."},
		{"over plain http", presigned, plainHTTP, "DenyPlainHTTP", "The bucket policy requires TLS: a presigned URL is a bearer credential."},
		{"with a signature 301 s old", presigned, age301s, "DenyOldSignatures", "The bucket policy ends every signature after 300 s, whatever expiry was signed."},
	}
}

// rows is the whole table.
func rows() []row {
	return slices.Concat(operationRows(), uploadRows(), listingRows(), signerRows(), keyRows(), administratorRows(), strangerRows(), scanRows(), accessLogRows(), webhookRows())
}
