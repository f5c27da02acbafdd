package attack

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"example.com/presigned/test/harness"
)

func random() string { return strings.ToLower(rand.Text()[:10]) }

// keyHolder signs requests with credentials for S3: an administrator's, or the upload function's session on the local run.
type keyHolder struct {
	credentials aws.Credentials
	at          time.Time
}

func (x *Try) signer() keyHolder {
	c, err := x.Signer(x.ctx)
	if err != nil {
		x.Fatal(err)
	}
	return keyHolder{c, time.Now()}
}

func (k keyHolder) request(x *Try, method, path string, header map[string]string) *http.Request {
	r, err := http.NewRequestWithContext(x.ctx, method, x.BucketURL+x.fill(path), nil)
	if err != nil {
		x.Fatal(err)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	return r
}

// inQuery presigns and sends any request. It signs for 10 minutes, longer than the function does.
func (k keyHolder) inQuery(x *Try, method, path string, header map[string]string, body string) harness.Answer {
	r := k.request(x, method, path, header)
	query := r.URL.Query()
	query.Set("X-Amz-Expires", "600")
	r.URL.RawQuery = query.Encode()
	signed, send, err := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableHeaderHoisting, o.DisableURIPathEscaping = true, true }).
		PresignHTTP(x.ctx, k.credentials, r, "UNSIGNED-PAYLOAD", "s3", x.Region, k.at)
	if err != nil {
		x.Fatal(err)
	}
	send.Del("Host")
	return x.do(method, signed, send, []byte(body))
}

// form uploads by an HTML form with a signed policy.
func (k keyHolder) form(x *Try, key string) harness.Answer {
	signer := s3.NewPresignClient(s3.New(s3.Options{Region: x.Region, Credentials: aws.CredentialsProviderFunc(
		func(context.Context) (aws.Credentials, error) { return k.credentials, nil })}))
	signed, err := signer.PresignPostObject(x.ctx, &s3.PutObjectInput{Bucket: &x.Bucket, Key: &key})
	if err != nil {
		x.Fatal(err)
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range signed.Values {
		_ = form.WriteField(name, value) // to memory
	}
	file, _ := form.CreateFormFile("file", "file.txt")
	_, _ = file.Write([]byte(content))
	_ = form.Close()
	x.made.add(key)
	return x.do(http.MethodPost, x.BucketURL, http.Header{"Content-Type": {form.FormDataContentType()}}, body.Bytes())
}

// version2 reads with Signature Version 2 in the query.
// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html#RESTAuthenticationQueryStringAuth
func (k keyHolder) version2(x *Try, path string) harness.Answer {
	expires := fmt.Sprint(k.at.Add(time.Minute).Unix())
	token := ""
	if k.credentials.SessionToken != "" {
		token = "x-amz-security-token:" + k.credentials.SessionToken + "\n"
	}
	mac := hmac.New(sha1.New, []byte(k.credentials.SecretAccessKey))
	mac.Write([]byte("GET\n\n\n" + expires + "\n" + token + "/" + x.Bucket + path))
	query := url.Values{
		"AWSAccessKeyId": {k.credentials.AccessKeyID}, "Expires": {expires},
		"Signature": {base64.StdEncoding.EncodeToString(mac.Sum(nil))},
	}
	if token != "" {
		query.Set("x-amz-security-token", k.credentials.SessionToken)
	}
	return x.do(http.MethodGet, x.BucketURL+path+"?"+query.Encode(), http.Header{}, nil)
}

var writeOnce = map[string]string{"If-None-Match": "*"}

// spare is a new path in the user's prefix.
func (x *Try) spare() string { return "/" + x.Me.Prefix + "/spare-" + random() }

// policyRows send what the bucket policy denies to everybody. On AWS they use an administrator's credentials. On the local run
// they use the upload function's role, because its root bypasses the policy.
func policyRows() []Row {
	const policy = "a Deny of the bucket policy"
	aged := func(age time.Duration) func(x *Try) harness.Answer {
		return func(x *Try) harness.Answer {
			s := x.signer()
			s.at = s.at.Add(-age)
			return s.inQuery(x, "PUT", x.spare(), writeOnce, "x")
		}
	}
	return []Row{
		{"a presigned write-once PUT", func(x *Try) harness.Answer { return x.signer().inQuery(x, "PUT", x.spare(), writeOnce, "x") }, 200, "", "it is allowed"},
		{"overwrite", func(x *Try) harness.Answer { return x.signer().inQuery(x, "PUT", "/"+x.upload(content), nil, "x") }, 403, "AccessDenied", policy + ": DenyOverwrite"},
		{"write without If-None-Match", func(x *Try) harness.Answer { return x.signer().inQuery(x, "PUT", x.spare(), nil, "x") }, 403, "AccessDenied", policy + ": DenyOverwrite"},
		{"a signature of 301 s", aged(301 * time.Second), 403, "AccessDenied", policy + ": DenyOldSignatures"},
		{"an expired URL", aged(601 * time.Second), 403, "AccessDenied", "X-Amz-Expires is signed"},
		{"a signed form", func(x *Try) harness.Answer { return x.signer().form(x, x.spare()[1:]) }, 403, "AccessDenied", policy + ": DenyPresignedPOST"},
		{"Signature Version 2", func(x *Try) harness.Answer { return x.signer().version2(x, "/"+x.upload(content)) }, 400, "InvalidRequest", policy + ": DenySignatureVersion2, or the Region knows Version 4 only"},
	}
}
