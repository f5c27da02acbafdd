package attack

import (
	"time"

	"example.com/presigned/test/harness"
)

var once = map[string]string{"If-None-Match": "*"}

// spare is a key that belongs to the user, and that nothing else uses.
func (x *Try) spare() string { return "/" + x.Me.Prefix + "/stolen-" + random() }

// with a session of a function, on a new key.
func stolenNew(function, method, query string, header map[string]string, body string) func(x *Try) harness.Answer {
	return func(x *Try) harness.Answer {
		return x.steal(function).inQuery(x, method, x.spare()+query, header, body)
	}
}

// with a session of a function, on an object that is there.
func stolenOld(function, method, query string, header map[string]string, body string) func(x *Try) harness.Answer {
	return func(x *Try) harness.Answer {
		return x.steal(function).inQuery(x, method, "/"+x.upload(content)+query, header, body)
	}
}

// with a session of a function, on the bucket.
func stolenBucket(function, method, query string, header map[string]string, body string) func(x *Try) harness.Answer {
	return func(x *Try) harness.Answer { return x.steal(function).inQuery(x, method, query, header, body) }
}

// The second wall: whatever the function might be made to sign, its role and the bucket policy allow no more.
func uploadSessionRows() []Row {
	const f, role, policy = "UploadSigner", "the role allows s3:PutObject and the two multipart actions only", "a Deny of the bucket policy"
	const tags = `<Tagging><TagSet><Tag><Key>GuardDutyMalwareScanStatus</Key><Value>NO_THREATS_FOUND</Value></Tag></TagSet></Tagging>`
	return []Row{
		{"a presigned write-once PUT", stolenNew(f, "PUT", "", once, content), 200, "", "it is allowed"},
		{"read", stolenOld(f, "GET", "", nil, ""), 403, "AccessDenied", role},
		{"head", stolenOld(f, "HEAD", "", nil, ""), 403, "", role},
		{"delete", stolenOld(f, "DELETE", "", nil, ""), 403, "AccessDenied", role},
		{"list", stolenBucket(f, "GET", "?list-type=2&prefix=johndoe%2F", nil, ""), 403, "AccessDenied", role},
		{"list versions", stolenBucket(f, "GET", "?versions=", nil, ""), 403, "AccessDenied", role},
		{"list uploads", stolenBucket(f, "GET", "?uploads=", nil, ""), 403, "AccessDenied", role},
		{"read tags", stolenOld(f, "GET", "?tagging=", nil, ""), 403, "AccessDenied", role},
		{"write tags", stolenOld(f, "PUT", "?tagging=", nil, tags), 403, "AccessDenied", role},
		{"write the bucket policy", stolenBucket(f, "PUT", "?policy=", nil, `{}`), 403, "AccessDenied", role},
		{"delete the bucket policy", stolenBucket(f, "DELETE", "?policy=", nil, ""), 403, "AccessDenied", role},
		{"write CORS", stolenBucket(f, "PUT", "?cors=", map[string]string{"Content-Md5": "X2DwA3ZNuD6gUGkUJg8PDg=="}, `<CORSConfiguration/>`), 403, "AccessDenied", role},
		{"delete the bucket", stolenBucket(f, "DELETE", "", nil, ""), 403, "AccessDenied", role},
		{"copy from another user", func(x *Try) harness.Answer {
			header := map[string]string{"If-None-Match": "*", "X-Amz-Copy-Source": x.Bucket + "/" + x.upload(content)}
			return x.steal(f).inQuery(x, "PUT", x.spare(), header, "")
		}, 403, "AccessDenied", role},
		{"write with a header signature", func(x *Try) harness.Answer { return x.steal(f).inHeader(x, "PUT", x.spare(), once) }, 403, "AccessDenied", policy + ": DenySignersAllButPresignedURLs"},
		{"start an upload with a header signature", func(x *Try) harness.Answer { return x.steal(f).inHeader(x, "POST", x.spare()+"?uploads=", nil) }, 403, "AccessDenied", policy + ": DenySignersAllButPresignedURLs"},
	}
}

func downloadSessionRows() []Row {
	const f, role, prefix = "DownloadSigner", "the role allows s3:GetObject, and s3:ListBucket of a prefix, only", "the role lists prefixes that end in a slash only"
	return []Row{
		{"a presigned GET", stolenOld(f, "GET", "", nil, ""), 200, "", "it is allowed"},
		{"write", stolenNew(f, "PUT", "", once, "x"), 403, "AccessDenied", role},
		{"start an upload", stolenNew(f, "POST", "?uploads=", nil, "x"), 403, "AccessDenied", role},
		{"delete", stolenOld(f, "DELETE", "", nil, "x"), 403, "AccessDenied", role},
		{"list everybody's objects", stolenBucket(f, "GET", "?list-type=2", nil, "x"), 403, "AccessDenied", prefix},
		{"list with an empty prefix", stolenBucket(f, "GET", "?list-type=2&prefix=", nil, "x"), 403, "AccessDenied", prefix},
		{"list with an open prefix", stolenBucket(f, "GET", "?list-type=2&prefix=j", nil, "x"), 403, "AccessDenied", prefix},
		{"list versions", stolenBucket(f, "GET", "?versions=", nil, "x"), 403, "AccessDenied", role},
		{"list versions of a prefix", stolenBucket(f, "GET", "?versions=&prefix=johndoe%2F", nil, "x"), 403, "AccessDenied", role},
		{"list uploads of a prefix", stolenBucket(f, "GET", "?uploads=&prefix=johndoe%2F", nil, "x"), 403, "AccessDenied", role},
		{"read with a header signature", func(x *Try) harness.Answer {
			return x.steal(f).inHeader(x, "GET", "/"+x.upload(content), nil)
		}, 403, "AccessDenied", "DenySignersAllButPresignedURLs"},
	}
}

func deleteSessionRows() []Row {
	const f, role, versions = "DeleteSigner", "the role allows s3:DeleteObject only", "the role allows no version to be deleted, and DenyDeletionOfVersionsBySigners denies it"
	return []Row{
		{"a presigned DELETE", stolenOld(f, "DELETE", "", nil, ""), 204, "", "it is allowed"},
		{"delete a version", stolenOld(f, "DELETE", "?versionId=null", nil, ""), 403, "AccessDenied", versions},
		{"read", stolenOld(f, "GET", "", nil, ""), 403, "AccessDenied", role},
		{"head", stolenOld(f, "HEAD", "", nil, ""), 403, "", role},
		{"write", stolenNew(f, "PUT", "", once, "x"), 403, "AccessDenied", role},
		{"start an upload", stolenNew(f, "POST", "?uploads=", nil, "x"), 403, "AccessDenied", role},
		{"list a user's objects", stolenBucket(f, "GET", "?list-type=2&prefix=johndoe%2F", nil, ""), 403, "AccessDenied", role},
		{"list versions", stolenBucket(f, "GET", "?versions=", nil, ""), 403, "AccessDenied", role},
		{"remove tags", stolenOld(f, "DELETE", "?tagging=", nil, ""), 403, "AccessDenied", role},
		{"delete the bucket policy", stolenBucket(f, "DELETE", "?policy=", nil, ""), 403, "AccessDenied", role},
		{"delete the bucket", stolenBucket(f, "DELETE", "", nil, ""), 403, "AccessDenied", role},
		{"delete with a header signature", func(x *Try) harness.Answer {
			return x.steal(f).inHeader(x, "DELETE", "/"+x.upload(content), nil)
		}, 403, "AccessDenied", "DenySignersAllButPresignedURLs"},
	}
}

// policyRows are what the bucket policy denies to everybody: on AWS an administrator tries it, here the upload function's
// role, because the local store lets its root do anything.
func policyRows() []Row {
	const policy = "a Deny of the bucket policy"
	aged := func(age time.Duration) func(x *Try) harness.Answer {
		return func(x *Try) harness.Answer {
			s := x.signer()
			s.at = s.at.Add(-age)
			return s.inQuery(x, "PUT", x.spare(), once, "x")
		}
	}
	return []Row{
		{"a presigned write-once PUT", func(x *Try) harness.Answer { return x.signer().inQuery(x, "PUT", x.spare(), once, "x") }, 200, "", "it is allowed"},
		{"overwrite", func(x *Try) harness.Answer { return x.signer().inQuery(x, "PUT", "/"+x.upload(content), nil, "x") }, 403, "AccessDenied", policy + ": DenyOverwrite"},
		{"write without If-None-Match", func(x *Try) harness.Answer { return x.signer().inQuery(x, "PUT", x.spare(), nil, "x") }, 403, "AccessDenied", policy + ": DenyOverwrite"},
		{"a signature of 301 s", aged(301 * time.Second), 403, "AccessDenied", policy + ": DenyOldSignatures"},
		{"an expired URL", aged(601 * time.Second), 403, "AccessDenied", "X-Amz-Expires is signed"},
		{"a signed form", func(x *Try) harness.Answer { return x.signer().form(x, x.spare()[1:]) }, 403, "AccessDenied", policy + ": DenyPresignedPOST"},
		{"Signature Version 2", func(x *Try) harness.Answer { return x.signer().version2(x, "/"+x.upload(content)) }, 400, "InvalidRequest", policy + ": DenySignatureVersion2, or the Region knows Version 4 only"},
	}
}
