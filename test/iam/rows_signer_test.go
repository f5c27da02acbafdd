package iam

import (
	"slices"
	"strings"

	"example.com/presigned/lambda/operation"
)

// signer is a function's role.
type signer struct {
	name         string
	caller, role string
	stream       string // of its log
	when         condition
	action       string // of its own
}

func signers() []signer {
	return []signer{
		{"upload", uploadSigner, uploadRole, uploadStream, nil, "s3:PutObject"},
		{"download", downloadSigner, downloadRole, downloadStream, downloads, "s3:GetObject s3:ListBucket"},
		{"delete", deleteSigner, deleteRole, deleteStream, deletion, "s3:DeleteObject"},
	}
}

// request sets the row's action, resource, context and stages for an operation, and returns a resource outside the stack too.
func (r row) request(op operation.Operation) (row, string) {
	r.operation, r.caller, r.action, r.on = op.Name, session(op.Route.Name()+"Signer"), op.Action, object
	elsewhere := elsewhereObject
	if op.Resource == operation.Bucket {
		r.on, elsewhere = bucket, elsewhereBucket
	}
	r.when = map[operation.Option]condition{
		operation.Multipart: multipart, operation.Downloads: downloads, operation.Listing: listing, operation.Deletion: deletion,
	}[op.Option]
	switch {
	case op.WriteOnce():
		r.context = writeOnce
	case op.Action == "s3:PutObject": // S3 accepts no If-None-Match here: DenyOverwrite exempts requests that create no object
		r.context = adds
	case op.Action == "s3:GetObject":
		r.context = clean
	case op.Action == "s3:ListBucket":
		r.context = ownPrefix
	}
	return r, elsewhere
}

// operationRows have each operation's intended use, and what its URLs must not allow.
func operationRows() []row {
	var rows []row
	for _, op := range operation.Table() {
		use, elsewhere := row{}.request(op)
		add := func(does, context, by, guard string) {
			r := use
			r.does, r.context, r.want, r.by, r.guard = does, context, refused, by, guard
			rows = append(rows, r)
		}
		right := use
		right.does, right.context, right.want, right.by, right.guard = "presigns "+op.Name, presigned+use.context, allowed, "SignObjects", "The use that its route is for."
		if op.Resource == operation.Bucket {
			right.by = "SignListing"
		}
		rows = append(rows, right)
		away := use
		away.does, away.context, away.on, away.guard = "sends "+op.Name+" to another bucket", presigned+use.context, elsewhere, "Its statement names the stack's bucket."
		rows = append(rows, away)
		const stolen = "A stolen session can do no more than a presigned URL."
		add("sends "+op.Name+" with a signed header", headerSigned+use.context, "DenySignersWithoutPresignedURL", stolen)
		for _, w := range ways() {
			by := w.by
			if w.base == postedForm {
				by += " DenySignersWithoutPresignedURL"
			}
			add("sends "+op.Name+" "+w.how, w.base+use.context+w.more, by, w.guard)
		}
		if op.WriteOnce() {
			add("sends "+op.Name+" without If-None-Match", presigned+creates, "DenyOverwrite", "The bucket policy requires If-None-Match on every request that creates an object.")
		} else if op.Option == operation.Multipart {
			use.when = not(multipart)
			by := ""
			if op.Action == "s3:PutObject" {
				by = "DenyOverwrite"
			}
			add("sends "+op.Name+" that is off", presigned+use.context, by, "Without multipart neither role nor bucket policy lets it pass.")
		}
	}
	return rows
}

// uploadRows are other uses of a PUT.
func uploadRows() []row {
	return of(uploadSigner, nil, presigned+writeOnce,
		may("presigns putObject, sent over TLS 1.2", "s3:PutObject", object, "SignObjects", "It is the oldest TLS that DenyOldTLS lets pass.").with(presigned+writeOnce+tls12),
		may("presigns putObject, sent 300 s later", "s3:PutObject", object, "SignObjects", "It is the oldest signature that DenyOldSignatures lets pass.").with(presigned+writeOnce+age300s),
		mayNot("replaces the version that If-Match names", "s3:PutObject", object, "DenyOverwrite", "If-Match does not replace If-None-Match.").
			with(presigned+creates+" s3:if-match=d41d8cd98f00b204e9800998ecf8427e"),
		mayNot("copies another object over one", "s3:PutObject", object, "DenyOverwrite", "A copy creates an object too, and has no If-None-Match.").
			with(presigned+creates+" s3:x-amz-copy-source=uploads/another/1"),
	)
}

// listingRows list with prefixes that are not one user's.
func listingRows() []row {
	const list = "s3:ListBucket"
	return of(downloadSigner, listing, presigned,
		mayNot("lists without a prefix", list, bucket, "", "SignListing requires s3:prefix in the request."),
		mayNot("lists with an empty prefix", list, bucket, "", "SignListing requires a prefix of at least one character and a slash.").with(presigned+" s3:prefix="),
		mayNot("lists with a prefix that is only a slash", list, bucket, "", "SignListing requires a character before the slash.").with(presigned+" s3:prefix=/"),
		mayNot("lists with a prefix that has no slash", list, bucket, "", "SignListing requires a slash at the end: john would list johndoe and johnny.").with(presigned+" s3:prefix=john"),
	)
}

// signerRows test what a signer may not do, what only one signer may do, and who may assume a signer's role.
func signerRows() []row {
	var all []row
	for _, s := range signers() {
		rows := slices.DeleteFunc(forbidden(), func(r row) bool { return slices.Contains(strings.Fields(s.action), r.action) })
		if s.caller == uploadSigner { // it aborts uploads, if the stage has multipart
			rows = slices.DeleteFunc(rows, func(r row) bool { return r.action == "s3:AbortMultipartUpload" })
		}
		all = append(all, of(s.caller, s.when, presigned, rows...)...)
		all = append(all, of(s.caller, s.when, noContext,
			may("opens its own log stream", "logs:CreateLogStream", s.stream, "WriteOwnLogs", "A function writes its own log."),
			may("writes its own log", "logs:PutLogEvents", s.stream, "WriteOwnLogs", "A function writes its own log."),
			mayNot("reads its own log", "logs:GetLogEvents", s.stream, "", "WriteOwnLogs writes: key names of all users are in the log."),
			mayNot("deletes its own log", "logs:DeleteLogStream", s.stream, "", "WriteOwnLogs cannot undo: the log says who did what."),
			may("sends a trace", "xray:PutTraceSegments", noResource, "WriteTraces", "X-Ray has no resource to name for this.").in(tracing),
			may("sends telemetry", "xray:PutTelemetryRecords", noResource, "WriteTraces", "X-Ray has no resource to name for this.").in(tracing),
			mayNot("reads traces", "xray:GetTraceSummaries", noResource, "", "WriteTraces writes.").in(tracing),
		)...)
		if s.caller != deleteSigner { // no golden template deletes without tracing
			all = append(all, of(s.caller, s.when, noContext,
				mayNot("sends a trace where tracing is off", "xray:PutTraceSegments", noResource, "", "The role has WriteTraces only where the stage has tracing.").in(not(tracing)))...)
		}
		role := "takes on the " + s.name + " signer's role"
		all = append(all, of(lambdaService, s.when, noContext, may(role, "sts:AssumeRole", s.role, "#1", "The role is a function's."))...)
		for _, other := range []string{apiService, administrator, otherAccountRole} {
			all = append(all, of(other, s.when, noContext, mayNot(role, "sts:AssumeRole", s.role, "", "The role trusts Lambda alone, not even its account."))...)
		}
		for _, other := range signers() {
			if other.name != s.name {
				all = append(all, of(other.caller, both(other.when, s.when), noContext,
					mayNot(role, "sts:AssumeRole", s.role, "", "Neither its own policy nor the other role's trust allows it."),
					mayNot("writes the "+s.name+" function's log", "logs:PutLogEvents", s.stream, "", "WriteOwnLogs names the function's own log group."))...)
			}
		}
	}
	return all
}

// forbidden has what a signer may not do, unless it is the signer's own action.
func forbidden() []row {
	const settings = "No role lists an action on the bucket's settings: what guards the bucket is not the signers' to change."
	const lists = "SignObjects lists the actions of its operations alone, so a URL with such a header is refused too."
	return []row{
		mayNot("writes an object", "s3:PutObject", object, "", "s3:PutObject is the upload signer's.").with(presigned + writeOnce),
		mayNot("reads an object", "s3:GetObject", object, "", "s3:GetObject is the download signer's.").with(presigned + clean),
		mayNot("lists a user's objects", "s3:ListBucket", bucket, "", "Listing is the download signer's.").with(presigned + ownPrefix),
		mayNot("deletes an object", "s3:DeleteObject", object, "DenyDeletionBySigners", "The role does not allow it, and the bucket policy leaves it to the delete signer."),
		mayNot("deletes a version", "s3:DeleteObjectVersion", object, "DenyDeletionOfVersionsBySigners", "What was deleted can be restored: the role does not allow it either."),
		mayNot("drops an upload under way", "s3:AbortMultipartUpload", object, "", "Aborting is the upload signer's."),
		mayNot("lists old versions", "s3:ListBucketVersions", bucket, "", "No role lists versions.").with(presigned + ownPrefix),
		mayNot("sets an object's ACL", "s3:PutObjectAcl", object, "", lists),
		mayNot("reads an object's tags", "s3:GetObjectTagging", object, "", "A scanner's verdict may be in a tag."),
		mayNot("tags an object", "s3:PutObjectTagging", object, "", lists).in(not(scanned)),
		mayNot("removes an object's tags", "s3:DeleteObjectTagging", object, "", lists).in(not(scanned)),
		mayNot("tags an object as clean", "s3:PutObjectTagging", object, "DenyTaggingExceptByScanner", "A caller who can tag an object could tag it as clean.").in(scanned),
		mayNot("removes the scanner's tag", "s3:DeleteObjectTagging", object, "DenyTaggingExceptByScanner", "Only the scanner says what it found.").in(scanned),
		mayNot("bypasses a retention", "s3:BypassGovernanceRetention", object, "", "What somebody has locked stays locked."),
		mayNot("changes the bucket policy", "s3:PutBucketPolicy", bucket, "", settings),
		mayNot("changes the bucket policy with a signed header", "s3:PutBucketPolicy", bucket, "DenySignersWithoutPresignedURL", "The statement covers the bucket too.").with(headerSigned),
		mayNot("changes the lifecycle", "s3:PutLifecycleConfiguration", bucket, "", settings),
		mayNot("suspends versioning", "s3:PutBucketVersioning", bucket, "", settings),
		mayNot("deletes the bucket", "s3:DeleteBucket", bucket, "", settings),
	}
}

// keyRows test the bucket's own KMS key, in stages that have one. #1 is the key policy's only statement. It leaves it to the
// account's own policies who may use the key.
func keyRows() []row {
	const encrypt, decrypt = "kms:GenerateDataKey", "kms:Decrypt"
	const through, own = "UseKeyThroughS3 and ReadWithFormerKeysThroughS3 allow the keys only through S3.", "The statements name the bucket's keys."
	uses := func(caller string, when condition, more ...row) []row {
		return of(caller, both(ownKey, when), throughS3, append(more,
			mayNot("encrypts with a former key", encrypt, formerKey, "", "ReadWithFormerKeysThroughS3 only decrypts."),
			mayNot("encrypts with another key", encrypt, elsewhereKey, "", own),
			mayNot("decrypts with another key", decrypt, elsewhereKey, "", own),
			mayNot("grants the key on", "kms:CreateGrant", key, "", "UseKeyThroughS3 lists what S3 needs and no more."),
			mayNot("decrypts by itself", decrypt, key, "", through).with(" -kms:ViaService"),
			mayNot("decrypts with a former key by itself", decrypt, formerKey, "", through).with(" -kms:ViaService"),
			mayNot("decrypts through another service", decrypt, key, "", through).with("kms:ViaService=sqs."+region+".amazonaws.com"))...)
	}
	encrypts := func(why string) row { return may("has S3 encrypt", encrypt, key, "#1 UseKeyThroughS3", why) }
	decrypts := func(why string) row { return may("has S3 decrypt", decrypt, key, "#1 UseKeyThroughS3", why) }
	former := may("has S3 decrypt with a former key", decrypt, formerKey, "#1 ReadWithFormerKeysThroughS3", "Older objects stay readable when the key changes.")
	const stranger = "The key policy leaves it to the account's roles and their own policies."
	return slices.Concat(
		uses(uploadSigner, nil, encrypts("S3 asks for a data key in the signer's name."), decrypts("S3 decrypts the parts to join them.").in(multipart), former.in(multipart)),
		uses(downloadSigner, downloads, mayNot("asks for a data key", encrypt, key, "", "A download encrypts nothing."), decrypts("S3 decrypts in the signer's name."), former),
		uses(scanner, scanned, encrypts("GuardDuty writes one object to see that it may."), decrypts("S3 decrypts in the scanner's name."), former),
		of(deleteSigner, both(deletion, ownKey), throughS3, mayNot("decrypts an object", decrypt, key, "", "S3 needs no key to delete an object.")),
		of(administrator, ownKey, noContext, may("manages the key", "kms:DescribeKey", key, "#1 Everything", "A key that its account cannot manage is lost.")),
		of(plainRole, ownKey, throughS3, mayNot("uses the key", decrypt, key, "", stranger)),
		of(otherAccountRole, ownKey, throughS3, mayNot("uses the key", decrypt, key, "", stranger)),
	)
}
