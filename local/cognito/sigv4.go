package cognito

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"strings"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// checkSignature requires a signature by the administrator's credentials. It signs the request again, with AWS's own
// signer, and compares the two Authorization headers.
func (p *Pool) checkSignature(r *http.Request, body []byte) error {
	given := authorization(r)
	scope := strings.Split(given["Credential"], "/") // access key, date, region, service, aws4_request
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if len(scope) != 5 || err != nil {
		return fail("MissingAuthenticationTokenException", "Missing Authentication Token")
	}
	again := &http.Request{Method: r.Method, URL: r.URL, Host: r.Host, Header: http.Header{}}
	for name := range strings.SplitSeq(given["SignedHeaders"], ";") {
		switch name {
		case "host":
		case "content-length":
			again.ContentLength = int64(len(body))
		default:
			again.Header[http.CanonicalHeaderKey(name)] = r.Header.Values(name)
		}
	}
	sum := sha256.Sum256(body)
	err = v4.NewSigner().SignHTTP(context.Background(), p.admin, again, hex.EncodeToString(sum[:]), scope[3], scope[2], at)
	if err == nil && !maps.Equal(given, authorization(again)) {
		return fail("InvalidSignatureException", "The request signature we calculated does not match the signature you provided.")
	}
	return err
}

// authorization has the fields of a request's Authorization header: Credential, SignedHeaders and Signature.
func authorization(r *http.Request) map[string]string {
	fields := map[string]string{}
	for field := range strings.SplitSeq(strings.TrimPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 "), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		fields[name] = value
	}
	return fields
}
