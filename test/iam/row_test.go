package iam

import (
	"slices"
	"strings"
)

// row is one request and its expected result.
type row struct {
	operation string // in the operation table, if the row uses it or attacks it; otherwise ""
	caller    string
	does      string // what the caller does, in words
	action    string
	on        string // ARN
	context   string // condition keys, see parseContext
	want      verdict
	by        string // Sids of all statements that decide it, sorted; "" if nothing allows it
	guard     string // which guard refuses it, or why it is allowed
	when      condition
}

type verdict bool

const (
	allowed verdict = true
	refused verdict = false
)

// The callers. A session of a role is what signs; a service principal assumes roles.
const (
	uploadSigner     = "arn:aws:sts::" + account + ":assumed-role/UploadSignerRole/session"
	downloadSigner   = "arn:aws:sts::" + account + ":assumed-role/DownloadSignerRole/session"
	deleteSigner     = "arn:aws:sts::" + account + ":assumed-role/DeleteSignerRole/session"
	administrator    = "arn:aws:sts::" + account + ":assumed-role/Administrator/session" // may do everything in the account
	plainRole        = "arn:aws:sts::" + account + ":assumed-role/Plain/session"         // another role, without a policy
	otherAccountRole = "arn:aws:sts::" + otherAccount + ":assumed-role/Administrator/session"
	anonymous        = "anonymous"
	scanner          = "arn:aws:sts::" + account + ":assumed-role/MalwareScanRole/session"
	webhookCaller    = "arn:aws:sts::" + account + ":assumed-role/WebhookRole/session"
	lambdaService    = "lambda.amazonaws.com"
	apiService       = "apigateway.amazonaws.com"
	scanService      = "malware-protection-plan.guardduty.amazonaws.com"
	logService       = "logging.s3.amazonaws.com"
	eventService     = "events.amazonaws.com"
)

// The resources. All are in the stack's account, the elsewhere ones outside the stack. Their names are short
// because the evaluator compares them letter by letter.
const (
	bucket          = "arn:aws:s3:::uploads"
	object          = bucket + "/johndoe/1"
	elsewhereBucket = "arn:aws:s3:::uploads-elsewhere" // the bucket's name is a prefix of it
	elsewhereObject = elsewhereBucket + "/johndoe/1"
	uploadStream    = "arn:aws:logs:" + region + ":" + account + ":log-group:UploadSignerLogs:log-stream:1"
	downloadStream  = "arn:aws:logs:" + region + ":" + account + ":log-group:DownloadSignerLogs:log-stream:1"
	deleteStream    = "arn:aws:logs:" + region + ":" + account + ":log-group:DeleteSignerLogs:log-stream:1"
	accessLogBucket = "arn:aws:s3:::uploadsaccesslogs"
	accessLog       = accessLogBucket + "/uploads/1"
	probe           = bucket + "/malware-protection-resource-validation-object"
	scanRule        = "arn:aws:events:" + region + ":" + account + ":rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3-0123"
	elsewhereRule   = "arn:aws:events:" + region + ":" + account + ":rule/elsewhere"
	key             = "arn:aws:kms:" + region + ":" + account + ":key/UploadsKey"
	elsewhereKey    = "arn:aws:kms:" + region + ":" + account + ":key/elsewhere"
	formerKey       = "arn:aws:kms:" + region + ":" + account + ":key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f" // everything.json's
	scanRole        = "arn:aws:iam::" + account + ":role/MalwareScanRole"
	webhook         = "arn:aws:events:" + region + ":" + account + ":api-destination/WebhookApiDestination/0a1b2c3d"
	elsewhereHook   = "arn:aws:events:" + region + ":" + account + ":api-destination/elsewhere/0a1b2c3d"
	webhookRole     = "arn:aws:iam::" + account + ":role/WebhookRole"
	uploadRole      = "arn:aws:iam::" + account + ":role/UploadSignerRole"
	downloadRole    = "arn:aws:iam::" + account + ":role/DownloadSignerRole"
	deleteRole      = "arn:aws:iam::" + account + ":role/DeleteSignerRole"
	noResource      = "*" // for actions that take none
)

// The contexts. A later word replaces an earlier one of the same key; "-key" takes it away.
// https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
const (
	unsigned     = "aws:SecureTransport=true s3:TlsVersion=1.3"
	presigned    = unsigned + " s3:authType=REST-QUERY-STRING s3:signatureversion=AWS4-HMAC-SHA256 s3:signatureAge=1000"
	headerSigned = unsigned + " s3:authType=REST-HEADER s3:signatureversion=AWS4-HMAC-SHA256"
	postedForm   = unsigned + " s3:authType=POST s3:signatureversion=AWS4-HMAC-SHA256"

	plainHTTP = " aws:SecureTransport=false -s3:TlsVersion"
	tls11     = " s3:TlsVersion=1.1"
	tls12     = " s3:TlsVersion=1.2"
	sigV2     = " s3:signatureversion=AWS -s3:signatureAge"
	age300s   = " s3:signatureAge=300000"
	age301s   = " s3:signatureAge=301000"

	// The keys of PutObject, CopyObject and CompleteMultipartUpload, and of the requests before a completion.
	// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
	creates   = " s3:ObjectCreationOperation=true"
	adds      = " s3:ObjectCreationOperation=false"
	writeOnce = creates + " s3:if-none-match=*"

	// How GuardDuty tags what it has scanned. If a stage scans, only objects with the first tag can be read.
	clean    = " s3:ExistingObjectTag/GuardDutyMalwareScanStatus=NO_THREATS_FOUND"
	infected = " s3:ExistingObjectTag/GuardDutyMalwareScanStatus=THREATS_FOUND"

	throughS3 = " kms:ViaService=s3." + region + ".amazonaws.com"
	ownPrefix = " s3:prefix=johndoe/"
	noContext = ""
)

// parseContext reads "key=value key=value -key". A value may be empty.
func parseContext(words string) map[string]string {
	context := map[string]string{}
	for word := range strings.FieldsSeq(words) {
		if key, ok := strings.CutPrefix(word, "-"); ok {
			delete(context, key)
			continue
		}
		key, value, _ := strings.Cut(word, "=")
		context[key] = value
	}
	return context
}

// name is the row's name in tests and their output.
func (r row) name() string { return callerName(r.caller) + " " + r.does }

// expected is the result's text that the row requires.
func (r row) expected() string {
	switch {
	case r.want == allowed:
		return "allowed by " + r.by
	case r.by == "":
		return "refused: nothing allows it"
	default:
		return "refused by " + r.by
	}
}

// decidedBy reports whether the row names the statement.
func (r row) decidedBy(sid string) bool { return slices.Contains(strings.Fields(r.by), sid) }

// judgedBy reports whether a policy applies to the row.
func (r row) judgedBy(ref policyRef) bool {
	if ref.identity {
		return ref.of == r.caller
	}
	return ref.of == owner(r.on)
}

// session is the ARN of a session of a signer's role.
func session(signer string) string {
	return "arn:aws:sts::" + account + ":assumed-role/" + signer + "Role/session"
}

// roleOf is the ARN of the role behind a session.
func roleOf(session string) string {
	role, _, _ := strings.Cut(strings.Replace(session, ":sts::", ":iam::", 1), "/session")
	return strings.Replace(role, ":assumed-role/", ":role/", 1)
}

// owner is the resource whose policy applies: for an object, its bucket.
func owner(arn string) string {
	if strings.HasPrefix(arn, "arn:aws:s3:::") {
		arn, _, _ = strings.Cut(arn, "/")
	}
	return arn
}

func callerName(caller string) string {
	names := map[string]string{
		uploadSigner: "upload signer", downloadSigner: "download signer", deleteSigner: "delete signer", administrator: "administrator",
		plainRole: "another role", otherAccountRole: "another account", scanner: "scanner", lambdaService: "Lambda", apiService: "API Gateway",
		scanService: "GuardDuty", logService: "S3 log delivery", webhookCaller: "webhook caller", eventService: "EventBridge",
	}
	if name, ok := names[caller]; ok {
		return name
	}
	return caller
}
