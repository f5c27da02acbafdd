package attack

import (
	"net/http"

	"example.com/presigned/test/harness"
)

// anonymousRows send requests without a signature.
func anonymousRows() []Row {
	bucket := func(method, query, body string) func(x *Try) harness.Answer {
		return func(x *Try) harness.Answer { return x.do(method, x.BucketURL+query, http.Header{}, []byte(body)) }
	}
	object := func(method, query string) func(x *Try) harness.Answer {
		return func(x *Try) harness.Answer {
			return x.do(method, x.BucketURL+"/"+x.upload(content)+query, http.Header{}, nil)
		}
	}
	const private = "public access is blocked, and no statement allows anonymous callers"
	return []Row{
		{"read an object", object("GET", ""), 403, "AccessDenied", private},
		{"list the bucket", bucket("GET", "", ""), 403, "AccessDenied", private},
		{"list the bucket, version 2", bucket("GET", "?list-type=2", ""), 403, "AccessDenied", private},
		{"list versions", bucket("GET", "?versions", ""), 403, "AccessDenied", private},
		{"list uploads", bucket("GET", "?uploads", ""), 403, "AccessDenied", private},
		{"read the policy", bucket("GET", "?policy", ""), 403, "AccessDenied", private},
		{"write an object", func(x *Try) harness.Answer {
			return x.do("PUT", x.BucketURL+"/"+x.Me.Prefix+"/2", http.Header{}, []byte("x"))
		}, 403, "AccessDenied", private},
		{"delete an object", object("DELETE", ""), 403, "AccessDenied", private},
		{"open the bucket", bucket("PUT", "?policy", `{"Statement":[]}`), 403, "AccessDenied", private},
		{"SigV2 in the query", object("GET", "?AWSAccessKeyId=AKIA&Expires=4102444800&Signature=c2ln"), 400, "InvalidRequest", "S3 (and in older Regions the bucket policy) takes Signature Version 4 only"},
		{"POST form", func(x *Try) harness.Answer {
			form := "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n" + x.Me.Prefix + "/3\r\n--b\r\n" +
				"Content-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nx\r\n--b--\r\n"
			x.made.add(x.Me.Prefix + "/3")
			return x.do("POST", x.BucketURL, http.Header{"Content-Type": {"multipart/form-data; boundary=b"}}, []byte(form))
		}, 403, "AccessDenied", private},
	}
}
