package cognito

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const signedAlgorithm = "AWS4-HMAC-SHA256 "

// checkSignature requires a signature by the pool's administrator credentials: the request is signed again, with
// AWS's own signer, and the signatures compared.
func (p *Pool) checkSignature(r *http.Request, body []byte) error {
	fields, ok := strings.CutPrefix(r.Header.Get("Authorization"), signedAlgorithm)
	if !ok {
		return fail("MissingAuthenticationTokenException", "Missing Authentication Token")
	}
	given := map[string]string{}
	for field := range strings.SplitSeq(fields, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		given[name] = value
	}
	scope := strings.Split(given["Credential"], "/") // access key, date, region, service, aws4_request
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	switch {
	case len(scope) != 5 || err != nil:
		return fail("IncompleteSignatureException", "The request signature does not conform to AWS standards.")
	case p.admin.AccessKeyID == "" || scope[0] != p.admin.AccessKeyID:
		return fail("UnrecognizedClientException", "The security token included in the request is invalid.")
	}
	want, err := p.resigned(r, body, strings.Split(given["SignedHeaders"], ";"), scope, at)
	if err != nil {
		return err
	}
	if _, signature, _ := strings.Cut(want, "Signature="); !equal(signature, given["Signature"]) {
		return fail("InvalidSignatureException", "The request signature we calculated does not match the signature you provided.")
	}
	return nil
}

// resigned is the Authorization header that the administrator's credentials give to the same request.
func (p *Pool) resigned(r *http.Request, body []byte, signed, scope []string, at time.Time) (string, error) {
	again := &http.Request{Method: r.Method, URL: r.URL, Host: r.Host, Header: http.Header{}}
	for _, name := range signed {
		switch name {
		case "host":
		case "content-length":
			again.ContentLength = int64(len(body))
		default:
			again.Header[http.CanonicalHeaderKey(name)] = r.Header.Values(name)
		}
	}
	sum := sha256.Sum256(body)
	credentials := aws.Credentials{AccessKeyID: p.admin.AccessKeyID, SecretAccessKey: p.admin.SecretAccessKey}
	err := v4.NewSigner().SignHTTP(context.Background(), credentials, again, hex.EncodeToString(sum[:]), scope[3], scope[2], at)
	return again.Header.Get("Authorization"), err
}
