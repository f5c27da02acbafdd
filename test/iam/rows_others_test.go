package iam

import (
	"slices"
	"strings"
)

// administratorRows have a caller who may do everything in the account, so that only the bucket policy can refuse. Each
// statement must apply to everybody, on objects and on the bucket.
func administratorRows() []row {
	const owner, read, list = "Everything", "s3:GetObject", "s3:ListBucket"
	const people = "The bucket policy denies ways to send a request, not callers."
	rows := []row{
		may("reads with a signed header", read, object, owner, "The platform team's own tools work with their own roles.").with(headerSigned + clean),
		may("reads by a presigned URL", read, object, owner, people).with(presigned + clean),
		may("writes once with a signed header", "s3:PutObject", object, owner, people).with(headerSigned + writeOnce),
		may("deletes an object", "s3:DeleteObject", object, owner, "The runbook deletes a user's data, and an app's own retention may."),
		may("deletes a version", "s3:DeleteObjectVersion", object, owner, "Somebody must be able to remove old versions before the lifecycle rule does."),
		may("changes the bucket policy", "s3:PutBucketPolicy", bucket, owner, "No statement locks the owner out."),
		mayNot("overwrites an object", "s3:PutObject", object, "DenyOverwrite", "What is uploaded once stays as it was uploaded.").with(headerSigned + creates),
		mayNot("uploads by a presigned form", "s3:PutObject", object, "DenyPresignedPOST", "A form does not honor If-None-Match.").with(postedForm + writeOnce),
	}
	for _, w := range ways() {
		if w.base == presigned && w.more != age301s {
			w.base = headerSigned
		}
		rows = append(rows, mayNot("reads "+w.how, read, object, w.by, w.guard).with(w.base+clean+w.more),
			mayNot("lists "+w.how, list, bucket, w.by, "The statement covers the bucket as well as its objects.").with(w.base+w.more))
	}
	return of(administrator, nil, headerSigned, rows...)
}

// strangerRows have callers whom no policy allows anything.
func strangerRows() []row {
	var all []row
	for caller, guard := range map[string]string{
		plainRole:        "The bucket policy allows nobody anything.",
		otherAccountRole: "Another account needs an Allow in the bucket policy too, and there is none.",
		anonymous:        "The bucket policy allows nobody anything; Block Public Access would refuse it if it did.",
	} {
		context := presigned
		if caller == anonymous {
			context = unsigned
		}
		all = append(all, of(caller, nil, context,
			mayNot("reads an object", "s3:GetObject", object, "", guard).with(context+clean),
			mayNot("writes an object", "s3:PutObject", object, "", guard).with(context+writeOnce),
			mayNot("lists a user's objects", "s3:ListBucket", bucket, "", guard).with(context+ownPrefix),
			mayNot("deletes an object", "s3:DeleteObject", object, "", guard),
			mayNot("reads the bucket policy", "s3:GetBucketPolicy", bucket, "", guard),
		)...)
	}
	slices.SortStableFunc(all, func(a, b row) int { return strings.Compare(a.caller, b.caller) })
	return all
}

// scanRows have GuardDuty's role, in stages that scan uploads, and test the statements that keep everybody else from reading
// unscanned objects.
func scanRows() []row {
	const managed = "events:ManagedBy=" + scanService
	const unread, tag = "DenyReadUntilScannedClean", "DenyTaggingExceptByScanner"
	const role, only, verdict = "takes on the scanner's role", "The role trusts GuardDuty alone.", "Only the scanner says what it found."
	return slices.Concat(
		of(downloadSigner, scanned, presigned,
			mayNot("reads an object before its scan", "s3:GetObject", object, unread, "Without the scanner's tag nothing is read."),
			mayNot("reads an infected object", "s3:GetObject", object, unread, "The tag must say NO_THREATS_FOUND.").with(presigned+infected)),
		of(administrator, scanned, headerSigned,
			mayNot("reads an object before its scan", "s3:GetObject", object, unread, "The statement holds for everybody but the scanner."),
			mayNot("reads an infected version", "s3:GetObjectVersion", object, unread, "An old version is no way around the scan.").with(headerSigned+infected),
			mayNot("tags an object as clean", "s3:PutObjectTagging", object, tag, verdict),
			mayNot("tags a version as clean", "s3:PutObjectVersionTagging", object, tag, verdict),
			mayNot("removes an object's tags", "s3:DeleteObjectTagging", object, tag, verdict),
			mayNot("removes a version's tags", "s3:DeleteObjectVersionTagging", object, tag, verdict)),
		of(scanner, scanned, headerSigned,
			may("reads an object before its scan", "s3:GetObject", object, "ReadObjects", "To scan it."),
			may("reads a version before its scan", "s3:GetObjectVersion", object, "ReadObjects", "To scan it."),
			mayNot("reads another bucket", "s3:GetObject", elsewhereObject, "", "ReadObjects names the objects of the stack's bucket alone."),
			mayNot("deletes an object", "s3:DeleteObject", object, "", "What becomes of an infected object is the platform team's choice."),
			may("reads an object's tags", "s3:GetObjectTagging", object, "TagObjects", "To keep the tags that are there."),
			may("reads a version's tags", "s3:GetObjectVersionTagging", object, "TagObjects", "To keep the tags that are there."),
			may("tags an object", "s3:PutObjectTagging", object, "TagObjects", "With what it found."),
			may("tags a version", "s3:PutObjectVersionTagging", object, "TagObjects", "With what it found."),
			mayNot("tags an object elsewhere", "s3:PutObjectTagging", elsewhereObject, "", "TagObjects names the objects of the stack's bucket alone."),
			may("reads the bucket's notifications", "s3:GetBucketNotification", bucket, "SendEvents", "To add its own."),
			may("sets the bucket's notifications", "s3:PutBucketNotification", bucket, "SendEvents", "To be notified of uploads."),
			mayNot("sets another bucket's notifications", "s3:PutBucketNotification", elsewhereBucket, "", "SendEvents names the stack's bucket."),
			mayNot("changes the bucket policy", "s3:PutBucketPolicy", bucket, "", "No role lists an action on the bucket's policy."),
			may("lists the bucket", "s3:ListBucket", bucket, "CheckOwnership", "To see that the bucket is there and whose it is."),
			mayNot("lists another bucket", "s3:ListBucket", elsewhereBucket, "", "CheckOwnership names the stack's bucket."),
			may("writes its probe", "s3:PutObject", probe, "WriteProbe", "GuardDuty sends no If-None-Match: DenyOverwrite exempts its role.").with(headerSigned+creates),
			mayNot("writes an upload", "s3:PutObject", object, "", "WriteProbe names one object.").with(headerSigned+writeOnce),
			mayNot("deletes its probe", "s3:DeleteObject", probe, "", "WriteProbe writes.")),
		of(scanner, scanned, managed,
			may("makes its rule", "events:PutRule", scanRule, "ManageOwnRule", "GuardDuty hears of uploads through a rule of its own."),
			may("deletes its rule", "events:DeleteRule", scanRule, "ManageOwnRule", "When the plan goes."),
			may("sets its rule's targets", "events:PutTargets", scanRule, "ManageOwnRule", "The target is GuardDuty."),
			may("removes its rule's targets", "events:RemoveTargets", scanRule, "ManageOwnRule", "When the plan goes."),
			mayNot("makes a rule that GuardDuty does not manage", "events:PutRule", scanRule, "", "ManageOwnRule requires GuardDuty as the rule's manager.").with("-events:ManagedBy"),
			mayNot("makes another rule", "events:PutRule", elsewhereRule, "", "ManageOwnRule names GuardDuty's rules."),
			mayNot("disables its rule", "events:DisableRule", scanRule, "", "ManageOwnRule and ReadOwnRule do not list it.")),
		of(scanner, scanned, noContext,
			may("reads its rule", "events:DescribeRule", scanRule, "ReadOwnRule", "To see that it is there."),
			may("reads its rule's targets", "events:ListTargetsByRule", scanRule, "ReadOwnRule", "To see that they are there."),
			mayNot("reads another rule", "events:DescribeRule", elsewhereRule, "", "ReadOwnRule names GuardDuty's rules.")),
		of(scanService, scanned, noContext, may(role, "sts:AssumeRole", scanRole, "#1", "The role is GuardDuty's, in the form that AWS documents.")),
		of(lambdaService, scanned, noContext, mayNot(role, "sts:AssumeRole", scanRole, "", only)),
		of(uploadSigner, scanned, noContext, mayNot(role, "sts:AssumeRole", scanRole, "", only)),
	)
}

// accessLogRows test the bucket of S3's own access logs, in stages that have it. #1 refuses plain http, #2 old TLS, and
// #3 lets S3 write the log of the uploads bucket.
func accessLogRows() []row {
	const ours = unsigned + " aws:SourceAccount=" + account + " aws:SourceArn=" + bucket
	const write, read, list = "s3:PutObject", "s3:GetObject", "s3:ListBucket"
	return slices.Concat(
		of(logService, accessLogs, ours,
			may("writes an access log", write, accessLog, "#3", "The log is of the uploads bucket."),
			mayNot("writes another bucket's access log", write, accessLog, "", "The grant is for logs of the uploads bucket.").with(ours+" aws:SourceArn="+elsewhereBucket),
			mayNot("writes another account's access log", write, accessLog, "", "A bucket of our name could be another account's tomorrow.").with(ours+" aws:SourceAccount="+otherAccount),
			mayNot("writes outside the log's prefix", write, accessLogBucket+"/elsewhere", "", "The grant is for one prefix."),
			mayNot("reads an access log", read, accessLog, "", "The grant is to write."),
			mayNot("writes an upload", write, object, "", "The uploads bucket's policy allows nobody anything.").with(ours+writeOnce)),
		of(apiService, accessLogs, ours, mayNot("writes an access log", write, accessLog, "", "The grant is S3 log delivery's.")),
		of(uploadSigner, accessLogs, presigned+writeOnce, mayNot("writes an access log", write, accessLog, "", "SignObjects names the uploads bucket.")),
		of(downloadSigner, accessLogs, presigned, mayNot("reads an access log", read, accessLog, "", "The log has everybody's keys: SignObjects names the uploads bucket.")),
		of(otherAccountRole, accessLogs, headerSigned, mayNot("reads an access log", read, accessLog, "", "The bucket policy allows no other account anything.")),
		of(anonymous, accessLogs, unsigned, mayNot("reads an access log", read, accessLog, "", "The bucket policy allows the public nothing.")),
		of(administrator, accessLogs, headerSigned,
			may("reads an access log", read, accessLog, "Everything", "That is what the log is for."),
			mayNot("reads an access log over plain http", read, accessLog, "#1", "The access log's bucket requires TLS too.").with(headerSigned+plainHTTP),
			mayNot("lists access logs over plain http", list, accessLogBucket, "#1", "The statement covers the bucket as well as its objects.").with(headerSigned+plainHTTP),
			mayNot("reads an access log over TLS 1.1", read, accessLog, "#2", "The access log's bucket requires TLS 1.2 or later too.").with(headerSigned+tls11),
			mayNot("lists access logs over TLS 1.1", list, accessLogBucket, "#2", "The statement covers the bucket as well as its objects.").with(headerSigned+tls11)),
	)
}
