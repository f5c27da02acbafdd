package presigner

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"example.com/presigned/lambda/operation"
)

// signer presigns S3 operations with the execution role's session.
type signer struct {
	client *s3.PresignClient
	v4     *v4.Signer // one for all requests: it keeps the day's signing key
	creds  CredentialsFunc
	bucket *string
}

// signed is a presigned request: what the client has to send.
type signed struct {
	url     string
	header  http.Header // the signed headers, without those that every HTTP client sets itself
	expires time.Time   // UTC, whole seconds
}

func newSigner(c Config) *signer {
	options := s3.Options{Region: c.Region, Credentials: c.Credentials}
	if c.Endpoint != "" {
		options.BaseEndpoint = aws.String(c.Endpoint)
		options.UsePathStyle = true // an endpoint of one's own has no DNS name for each bucket
	}
	return &signer{
		client: s3.NewPresignClient(s3.New(options)), v4: v4.NewSigner(), creds: c.Credentials, bucket: aws.String(c.Bucket),
	}
}

// presign signs one operation on one key.
//
// service/s3 presigns putObject, uploadPart, getObject and headObject itself. The others are signed as
// the operation nearest to them, with their own method and query put in place just before the signature.
func (s *signer) presign(ctx context.Context, op operation.Operation, r request, now time.Time) (signed, error) {
	lifetime, err := s.lifetime(ctx, now)
	if err != nil {
		return signed{}, err
	}
	at := presignAt{v4: s.v4, now: now, method: op.Method}
	var out *v4.PresignedHTTPRequest
	switch op.Name {
	case "putObject":
		out, err = s.client.PresignPutObject(ctx, s.putObject(r), at.options(lifetime))
	case "uploadPart":
		out, err = s.client.PresignUploadPart(ctx, s.uploadPart(r), at.options(lifetime))
	case "getObject":
		if r.checksumMode != "" {
			at.header = checksumMode()
		}
		out, err = s.client.PresignGetObject(ctx, s.getObject(r), at.options(lifetime))
	case "headObject":
		at.header = checksumMode()
		out, err = s.client.PresignHeadObject(ctx, &s3.HeadObjectInput{Bucket: s.bucket, Key: &r.key}, at.options(lifetime))
	case "createMultipartUpload":
		at.query = map[string]string{"uploads": ""}
		if r.checksumAlgorithm != "" {
			at.header = http.Header{"X-Amz-Checksum-Algorithm": {r.checksumAlgorithm}}
		}
		out, err = s.client.PresignPutObject(ctx, &s3.PutObjectInput{Bucket: s.bucket, Key: &r.key, ContentType: &r.contentType}, at.options(lifetime))
	case "completeMultipartUpload":
		at.query = map[string]string{"uploadId": r.uploadID}
		out, err = s.client.PresignPutObject(ctx, &s3.PutObjectInput{Bucket: s.bucket, Key: &r.key, IfNoneMatch: aws.String("*")}, at.options(lifetime))
	case "listParts":
		at.query = map[string]string{"uploadId": r.uploadID}
		if r.partNumber > 0 {
			at.query["part-number-marker"] = strconv.FormatInt(r.partNumber, 10)
		}
		out, err = s.client.PresignGetObject(ctx, &s3.GetObjectInput{Bucket: s.bucket, Key: &r.key}, at.options(lifetime))
	case "abortMultipartUpload":
		at.query = map[string]string{"uploadId": r.uploadID}
		out, err = s.client.PresignDeleteObject(ctx, &s3.DeleteObjectInput{Bucket: s.bucket, Key: &r.key}, at.options(lifetime))
	case "listObjectsV2":
		at.query = map[string]string{"list-type": "2", "max-keys": "1000", "prefix": r.key}
		if r.continuationToken != "" {
			at.query["continuation-token"] = r.continuationToken
		}
		out, err = s.client.PresignHeadBucket(ctx, &s3.HeadBucketInput{Bucket: s.bucket}, at.options(lifetime))
	default:
		err = fmt.Errorf("no way to presign it")
	}
	if err != nil {
		return signed{}, fmt.Errorf("presign %s for %q: %w", op.Name, r.key, err)
	}
	return signed{url: out.URL, header: toSend(out.SignedHeader), expires: now.UTC().Truncate(time.Second).Add(lifetime)}, nil
}

// lifetime is how long a URL signed now works: a presigned URL dies with the session that signed it.
func (s *signer) lifetime(ctx context.Context, now time.Time) (time.Duration, error) {
	creds, err := s.creds(ctx)
	if err != nil {
		return 0, fmt.Errorf("retrieve credentials: %w", err)
	}
	lifetime := operation.ExpirySeconds * time.Second
	if creds.CanExpire {
		// X-Amz-Expires counts whole seconds from X-Amz-Date, which has none either.
		lifetime = min(lifetime, creds.Expires.Sub(now.Truncate(time.Second)).Truncate(time.Second))
	}
	if lifetime < time.Second {
		return 0, refuse(CredentialsExpired, "the signing credentials have expired: try again in a moment")
	}
	return lifetime, nil
}

func (s *signer) putObject(r request) *s3.PutObjectInput {
	in := &s3.PutObjectInput{Bucket: s.bucket, Key: &r.key, ContentType: &r.contentType, IfNoneMatch: aws.String("*")}
	if r.contentLength > 0 {
		in.ContentLength = &r.contentLength
	}
	if r.checksumSHA256 != "" {
		in.ChecksumSHA256 = &r.checksumSHA256
	}
	return in
}

func (s *signer) uploadPart(r request) *s3.UploadPartInput {
	part := int32(r.partNumber) //nolint:gosec // 1 to 10,000: checkPartNumber
	in := &s3.UploadPartInput{
		Bucket: s.bucket, Key: &r.key, UploadId: &r.uploadID, PartNumber: &part, ContentLength: &r.contentLength,
	}
	if r.checksumSHA256 != "" {
		in.ChecksumSHA256 = &r.checksumSHA256
	}
	return in
}

func (s *signer) getObject(r request) *s3.GetObjectInput {
	in := &s3.GetObjectInput{Bucket: s.bucket, Key: &r.key}
	if r.filename != "" {
		in.ResponseContentDisposition = aws.String(contentDisposition(r.filename))
	}
	return in
}

// checksumMode makes S3 tell the checksum that it holds. It takes the header only signed, as every x-amz-.
func checksumMode() http.Header {
	return http.Header{"X-Amz-Checksum-Mode": {string(types.ChecksumModeEnabled)}}
}

// contentDisposition names a download in the form of RFC 6266 that takes any character.
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

// toSend drops what a client must not set by hand: HTTP libraries derive both from the URL and the
// body, and browsers refuse to set them.
func toSend(header http.Header) http.Header {
	header = header.Clone()
	header.Del("Host")
	header.Del("Content-Length")
	return header
}

// presignAt is the last step before the signature: it puts in an operation's own method, query and
// headers, and the time from our clock instead of the machine's.
type presignAt struct {
	v4     *v4.Signer
	now    time.Time
	method string
	query  map[string]string // nil where service/s3 has written the operation's own
	header http.Header
}

func (p presignAt) options(lifetime time.Duration) func(*s3.PresignOptions) {
	return func(o *s3.PresignOptions) {
		o.Expires = lifetime
		o.Presigner = p
	}
}

// PresignHTTP implements s3.HTTPPresignerV4.
func (p presignAt) PresignHTTP(
	ctx context.Context, credentials aws.Credentials, r *http.Request, payloadHash, service, region string, _ time.Time, optFns ...func(*v4.SignerOptions),
) (string, http.Header, error) {
	r.Method = p.method
	if p.query != nil {
		query := r.URL.Query()
		query.Del("x-id") // it would name the operation that this one was made from
		for name, value := range p.query {
			query.Set(name, value)
		}
		r.URL.RawQuery = query.Encode()
	}
	optFns = append(optFns, func(o *v4.SignerOptions) { o.DisableHeaderHoisting = true })
	for name, values := range p.header {
		r.Header[name] = values
	}
	return p.v4.PresignHTTP(ctx, credentials, r, payloadHash, service, region, p.now.UTC(), optFns...)
}
