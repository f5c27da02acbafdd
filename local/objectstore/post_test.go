package objectstore

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"mime/multipart"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func TestAFormSignedByASignerIsRefused(t *testing.T) {
	s := start(t)
	refused := s.post(s.upload, "johndoe/1")
	refused.want(t, "form of the upload role", 403, "AccessDenied")
	// The gateway authorizes a form on the bucket, where the role's own policy allows nothing: tell the reasons apart.
	if !bytes.Contains(refused.body, []byte("explicit deny in a resource-based policy")) {
		t.Errorf("form of the upload role: not refused by the bucket policy: %s", refused.body)
	}
	s.post(s.Client(), "johndoe/2").want(t, "the same form of root, which no policy restricts here", 204, "")
}

// post sends an HTML form's upload, signed by the client's credentials.
func (s *started) post(client *s3.Client, key string) answer {
	s.t.Helper()
	c, err := client.Options().Credentials.Retrieve(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	now := time.Now().UTC()
	day, date := now.Format("20060102"), now.Format("20060102T150405Z")
	scope := day + "/us-east-1/s3/aws4_request"
	fields := map[string]string{
		"bucket": s.bucket, "key": key, "x-amz-algorithm": "AWS4-HMAC-SHA256",
		"x-amz-credential": c.AccessKeyID + "/" + scope, "x-amz-date": date,
	}
	if c.SessionToken != "" {
		fields["x-amz-security-token"] = c.SessionToken
	}
	var conditions bytes.Buffer
	for name, value := range fields {
		fmt.Fprintf(&conditions, `{%q: %q},`, name, value)
	}
	policy := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, `{"expiration": %q, "conditions": [%s]}`,
		now.Add(time.Minute).Format(time.RFC3339), bytes.TrimSuffix(conditions.Bytes(), []byte(","))))
	sign := []byte("AWS4" + c.SecretAccessKey)
	for _, part := range []string{day, "us-east-1", "s3", "aws4_request", policy} {
		mac := hmac.New(sha256.New, sign)
		mac.Write([]byte(part))
		sign = mac.Sum(nil)
	}
	fields["policy"], fields["x-amz-signature"] = policy, hex.EncodeToString(sign)
	delete(fields, "bucket")

	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for name, value := range fields {
		w.WriteField(name, value)
	}
	file, err := w.CreateFormFile("file", "x")
	if err != nil {
		s.t.Fatal(err)
	}
	file.Write([]byte("x"))
	w.Close()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.URL+"/"+s.bucket, &form)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	return s.do(req)
}
