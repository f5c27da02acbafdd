package attack

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"example.com/presigned/test/harness"
)

const emptyBody = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

func random() string { return strings.ToLower(rand.Text()[:10]) }

// keyHolder signs requests with credentials for S3: with a function's session as its thief would, or an administrator's.
type keyHolder struct {
	credentials aws.Credentials
	at          time.Time
}

// steal takes the session of a function's execution role.
func (x *Try) steal(function string) keyHolder {
	c, err := x.Session(x.ctx, function)
	if err != nil {
		x.Fatal(err)
	}
	return keyHolder{c, time.Now()}
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

// inQuery presigns any request for 10 minutes, which is longer than the function ever does.
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

// inHeader signs in the Authorization header, as SDKs do.
func (k keyHolder) inHeader(x *Try, method, path string, header map[string]string) harness.Answer {
	r := k.request(x, method, path, header)
	r.Header.Set("X-Amz-Content-Sha256", emptyBody)
	err := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }).
		SignHTTP(x.ctx, k.credentials, r, emptyBody, "s3", x.Region, k.at)
	if err != nil {
		x.Fatal(err)
	}
	return x.do(method, r.URL.String(), r.Header, nil)
}

// form uploads by an HTML form with a signed policy.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html
func (k keyHolder) form(x *Try, key string) harness.Answer {
	day := k.at.UTC().Format("20060102")
	scope := []string{day, x.Region, "s3", "aws4_request"}
	fields := map[string]string{
		"bucket": x.Bucket, "key": key, "x-amz-algorithm": "AWS4-HMAC-SHA256", "x-amz-date": k.at.UTC().Format("20060102T150405Z"),
		"x-amz-credential": k.credentials.AccessKeyID + "/" + strings.Join(scope, "/"),
	}
	if k.credentials.SessionToken != "" {
		fields["x-amz-security-token"] = k.credentials.SessionToken
	}
	var conditions []map[string]string
	for name, value := range fields {
		conditions = append(conditions, map[string]string{name: value})
	}
	policy, err := json.Marshal(map[string]any{"expiration": k.at.UTC().Add(time.Minute).Format(time.RFC3339), "conditions": conditions})
	if err != nil {
		x.Fatal(err)
	}
	delete(fields, "bucket")
	fields["policy"] = base64.StdEncoding.EncodeToString(policy)
	signature := []byte("AWS4" + k.credentials.SecretAccessKey)
	for _, part := range append(scope, fields["policy"]) {
		mac := hmac.New(sha256.New, signature)
		mac.Write([]byte(part))
		signature = mac.Sum(nil)
	}
	fields["x-amz-signature"] = hex.EncodeToString(signature)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range fields {
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
