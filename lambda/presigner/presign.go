package presigner

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"example.com/presigned/lambda/operation"
)

// signer presigns S3 operations on one bucket with the execution role's session. It is a part of the function. The stack calls
// the whole function a signer.
type signer struct {
	v4     *v4.Signer // one for all requests: it caches the day's signing key
	creds  aws.Credentials
	region string
	bucket url.URL // without a slash at the end
}

// signed is the presigned request that the client must send.
type signed struct {
	url     string
	header  http.Header // the signed headers, except Host and Content-Length, which every HTTP client sets itself
	expires time.Time
}

func newSigner(c Config) (*signer, error) {
	params := s3.EndpointParameters{Bucket: &c.Bucket, Region: &c.Region, UseDualStack: &c.DualStack, Accelerate: &c.Accelerate}
	if c.Endpoint != "" {
		params.Endpoint = &c.Endpoint
		params.ForcePathStyle = new(true) // a custom endpoint has no DNS name for each bucket
	}
	endpoint, err := s3.NewDefaultEndpointResolverV2().ResolveEndpoint(context.Background(), params)
	if err != nil {
		return nil, fmt.Errorf("find the host of bucket %q in region %q: %w", c.Bucket, c.Region, err)
	}
	signerV4 := v4.NewSigner(func(o *v4.SignerOptions) {
		o.DisableURIPathEscaping = true // S3 signs the path as it is sent
		o.DisableHeaderHoisting = true  // S3 ignores a checksum in the query
	})
	return &signer{v4: signerV4, creds: c.Credentials, region: c.Region, bucket: endpoint.URI}, nil
}

// presign signs one operation as its table row says.
func (s *signer) presign(ctx context.Context, op operation.Operation, r request, now time.Time) (signed, error) {
	expiry, err := s.expiry(now)
	if err != nil {
		return signed{}, err
	}
	unsigned := s.unsigned(op, r, expiry)
	const payloadHash = "UNSIGNED-PAYLOAD" // the body is not known yet; its checksum is a header
	address, header, err := s.v4.PresignHTTP(ctx, s.creds, unsigned, payloadHash, "s3", s.region, now.UTC())
	if err != nil {
		return signed{}, fmt.Errorf("presign %s for %q: %w", op.Name, r.text(operation.Key), err)
	}
	// HTTP libraries set both from the URL and the body, and browsers don't let a page set them.
	header.Del("Host")
	header.Del("Content-Length")
	return signed{url: address, header: header, expires: now.Add(expiry)}, nil
}

// unsigned is the client's request without the signature.
func (s *signer) unsigned(op operation.Operation, r request, expiry time.Duration) *http.Request {
	target := s.bucket
	if op.Resource == operation.Objects {
		target.Path += "/" + r.text(operation.Key)
	} else if target.Path == "" {
		target.Path = "/"
	}
	query := url.Values{"X-Amz-Expires": {strconv.Itoa(int(expiry.Seconds()))}}
	for _, p := range op.Query {
		if value, ok := r.value(p); ok {
			query.Set(p.Name, value)
		}
	}
	target.RawQuery = query.Encode()
	header := http.Header{}
	for _, p := range op.Headers {
		if value, ok := r.value(p); ok {
			header.Set(p.Name, value)
		}
	}
	// The SDK signs the length that is in ContentLength, not the one in the header.
	return &http.Request{Method: op.Method, URL: &target, Header: header, ContentLength: r.number(operation.ContentLength)}
}

// value returns a parameter's value in the request, and whether there is one.
func (r request) value(p operation.Param) (string, bool) {
	if p.Field == "" {
		return p.Value, true
	}
	switch value := r[p.Field].(type) {
	case int64:
		return strconv.FormatInt(value, 10), true
	case string:
		if p.Field == operation.Filename {
			value = contentDisposition(value)
		}
		return value, true
	}
	return "", false
}

// expiry is how long a URL that is signed now works. It ends no later than the session that signs it.
func (s *signer) expiry(now time.Time) (time.Duration, error) {
	expiry := operation.ExpirySeconds * time.Second
	if s.creds.CanExpire {
		// X-Amz-Expires counts whole seconds from X-Amz-Date, which has no fractions either.
		expiry = min(expiry, s.creds.Expires.Sub(now.Truncate(time.Second)).Truncate(time.Second))
	}
	if expiry < time.Second {
		return 0, refuse(CredentialsExpired, "the signing credentials have expired: try again in a moment")
	}
	return expiry, nil
}

// contentDisposition names a download in the form of RFC 6266 that allows any character.
func contentDisposition(filename string) string {
	var b strings.Builder
	b.WriteString("attachment; filename*=UTF-8''")
	for _, c := range []byte(filename) {
		if isPlain(rune(c)) || c == '_' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
