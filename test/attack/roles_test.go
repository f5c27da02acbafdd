package attack

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"example.com/presigned/test/harness"
)

const emptyBody = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// stolen signs requests with the session of a function's execution role, as its thief would.
type stolen struct {
	creds aws.Credentials
	at    time.Time
}

func steal(t *testing.T, function string) stolen {
	t.Helper()
	c, err := dev.Running.Session(t.Context(), function)
	if err != nil {
		t.Fatal(err)
	}
	return stolen{aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken}, time.Now()}
}

func (s stolen) request(t *testing.T, method, path string, header map[string]string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, dev.S3URL+"/"+dev.Bucket+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	return r
}

// inQuery presigns any request for 10 minutes, which is longer than the function ever does.
func (s stolen) inQuery(t *testing.T, method, path string, header map[string]string, body string) harness.Answer {
	t.Helper()
	r := s.request(t, method, path, header)
	query := r.URL.Query()
	query.Set("X-Amz-Expires", "600")
	r.URL.RawQuery = query.Encode()
	signed, send, err := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableHeaderHoisting, o.DisableURIPathEscaping = true, true }).
		PresignHTTP(t.Context(), s.creds, r, "UNSIGNED-PAYLOAD", "s3", dev.Region, s.at)
	if err != nil {
		t.Fatal(err)
	}
	send.Del("Host")
	return harness.Do(t, method, signed, send, []byte(body))
}

// inHeader signs in the Authorization header, as SDKs do.
func (s stolen) inHeader(t *testing.T, method, path string, header map[string]string) harness.Answer {
	t.Helper()
	r := s.request(t, method, path, header)
	r.Header.Set("X-Amz-Content-Sha256", emptyBody)
	err := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }).
		SignHTTP(t.Context(), s.creds, r, emptyBody, "s3", dev.Region, s.at)
	if err != nil {
		t.Fatal(err)
	}
	return harness.Do(t, method, r.URL.String(), r.Header, nil)
}

var once = map[string]string{"If-None-Match": "*"}

// The second wall: whatever the function might be made to sign, its role and the bucket policy allow no more.
func TestAStolenSessionOfTheUploadSigner(t *testing.T) {
	key := "/" + upload(t, content)
	s := steal(t, "UploadSigner")
	old := s
	old.at = s.at.Add(-301 * time.Second)
	if a := s.inQuery(t, "PUT", "/stolen/1", once, content); a.Status != http.StatusOK {
		t.Fatalf("a presigned write-once PUT, which is allowed: got %d %s", a.Status, a.Body)
	}
	inQuery := func(method, path string, header map[string]string, body string) func(t *testing.T) harness.Answer {
		return func(t *testing.T) harness.Answer { return s.inQuery(t, method, path, header, body) }
	}
	inHeader := func(method, path string, header map[string]string) func(t *testing.T) harness.Answer {
		return func(t *testing.T) harness.Answer { return s.inHeader(t, method, path, header) }
	}
	const role, policy = "the role allows s3:PutObject and the two multipart actions only", "a Deny of the bucket policy"
	try(t, []row{
		{"read", inQuery("GET", key, nil, ""), 403, "AccessDenied", role},
		{"head", inQuery("HEAD", key, nil, ""), 403, "", role},
		{"delete", inQuery("DELETE", key, nil, ""), 403, "AccessDenied", role},
		{"list", inQuery("GET", "?list-type=2&prefix=johndoe%2F", nil, ""), 403, "AccessDenied", role},
		{"list versions", inQuery("GET", "?versions=", nil, ""), 403, "AccessDenied", role},
		{"list uploads", inQuery("GET", "?uploads=", nil, ""), 403, "AccessDenied", role},
		{"read tags", inQuery("GET", key+"?tagging=", nil, ""), 403, "AccessDenied", role},
		{"write tags", inQuery("PUT", key+"?tagging=", nil, `<Tagging><TagSet><Tag><Key>GuardDutyMalwareScanStatus</Key><Value>NO_THREATS_FOUND</Value></Tag></TagSet></Tagging>`), 403, "AccessDenied", role},
		{"write the bucket policy", inQuery("PUT", "?policy=", nil, `{}`), 403, "AccessDenied", role},
		{"delete the bucket policy", inQuery("DELETE", "?policy=", nil, ""), 403, "AccessDenied", role},
		{"write CORS", inQuery("PUT", "?cors=", map[string]string{"Content-Md5": "X2DwA3ZNuD6gUGkUJg8PDg=="}, `<CORSConfiguration/>`), 403, "AccessDenied", role},
		{"delete the bucket", inQuery("DELETE", "", nil, ""), 403, "AccessDenied", role},
		{"copy from another user", inQuery("PUT", "/stolen/2", map[string]string{"If-None-Match": "*", "X-Amz-Copy-Source": dev.Bucket + key}, ""), 403, "AccessDenied", role},
		{"overwrite", inQuery("PUT", key, nil, "x"), 403, "AccessDenied", policy + ": DenyOverwrite"},
		{"write without If-None-Match", inQuery("PUT", "/stolen/3", nil, "x"), 403, "AccessDenied", policy + ": DenyOverwrite"},
		{"write with a header signature", inHeader("PUT", "/stolen/4", once), 403, "AccessDenied", policy + ": DenySignersAllButPresignedURLs"},
		{"start an upload with a header signature", inHeader("POST", "/stolen/5?uploads=", nil), 403, "AccessDenied", policy + ": DenySignersAllButPresignedURLs"},
		{"a signature of 301 s", func(t *testing.T) harness.Answer { return old.inQuery(t, "PUT", "/stolen/6", once, "x") }, 403, "AccessDenied", policy + ": DenyOldSignatures"},
		{"an expired URL", func(t *testing.T) harness.Answer {
			expired := s
			expired.at = s.at.Add(-601 * time.Second)
			return expired.inQuery(t, "PUT", "/stolen/7", once, "x")
		}, 403, "AccessDenied", "X-Amz-Expires is signed"},
	})
}

func TestAStolenSessionOfTheDownloadSigner(t *testing.T) {
	key := "/" + upload(t, content)
	s := steal(t, "DownloadSigner")
	if a := s.inQuery(t, "GET", key, nil, ""); a.Status != http.StatusOK {
		t.Fatalf("a presigned GET, which is allowed: got %d %s", a.Status, a.Body)
	}
	inQuery := func(method, path string, header map[string]string) func(t *testing.T) harness.Answer {
		return func(t *testing.T) harness.Answer { return s.inQuery(t, method, path, header, "x") }
	}
	const role = "the role allows s3:GetObject, and s3:ListBucket of a prefix, only"
	try(t, []row{
		{"write", inQuery("PUT", "/stolen/8", once), 403, "AccessDenied", role},
		{"start an upload", inQuery("POST", "/stolen/9?uploads=", nil), 403, "AccessDenied", role},
		{"delete", inQuery("DELETE", key, nil), 403, "AccessDenied", role},
		{"list everybody's objects", inQuery("GET", "?list-type=2", nil), 403, "AccessDenied", "the role lists prefixes that end in a slash only"},
		{"list with an empty prefix", inQuery("GET", "?list-type=2&prefix=", nil), 403, "AccessDenied", "the role lists prefixes that end in a slash only"},
		{"list with an open prefix", inQuery("GET", "?list-type=2&prefix=j", nil), 403, "AccessDenied", "the role lists prefixes that end in a slash only"},
		{"list versions", inQuery("GET", "?versions=", nil), 403, "AccessDenied", role},
		{"read with a header signature", func(t *testing.T) harness.Answer { return s.inHeader(t, "GET", key, nil) }, 403, "AccessDenied", "DenySignersAllButPresignedURLs"},
	})
}

// uploadID starts a multipart upload of johndoe's.
func uploadID(t *testing.T) (key, id string) {
	t.Helper()
	p := put(t, `{"operation":"createMultipartUpload","contentType":"text/plain"}`)
	a := p.Request(nil).Send(t)
	var started struct{ UploadId string }
	if err := xml.Unmarshal(a.Body, &started); err != nil || started.UploadId == "" {
		t.Fatalf("create: got %d %s", a.Status, a.Body)
	}
	return p.Key, started.UploadId
}

func escape(s string) string { return url.QueryEscape(s) }
