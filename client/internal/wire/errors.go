package wire

import (
	"cmp"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Refusal is an answer of the endpoint or of S3 that is no success.
type Refusal struct {
	S3        bool // by S3; otherwise by the endpoint
	Status    int
	Code      string // stable; the one to compare with
	Message   string // without an ARN, whatever the server said
	RequestID string
	MaxBatch  int // with the endpoint's BatchTooLarge

	halfRead bool // the server has read half a request, because the connection broke
	after    time.Duration
}

func (r *Refusal) Error() string {
	by, request := "", ""
	if r.S3 {
		by = "S3: "
	}
	if r.RequestID != "" {
		request = ", request " + r.RequestID
	}
	return fmt.Sprintf("%s%s (%s, status %d%s)", by, cmp.Or(r.Message, "refused"), cmp.Or(r.Code, "no code"), r.Status, request)
}

// Again reports whether the same request, presigned again if it is one to S3, may be accepted later.
func (r *Refusal) Again() (bool, time.Duration) {
	return temporary(r.Status) || r.halfRead || r.Expired() || r.S3 && r.Code == "RequestTimeout", r.after
}

// Expired reports whether the URL, or the session that signed it, had ended or was not valid yet: a new
// URL helps. S3's code for an expired URL is that of a forbidden one, AccessDenied; only the sentence
// tells them apart.
func (r *Refusal) Expired() bool {
	switch r.Code {
	case "ExpiredToken", "InvalidAccessKeyId", "InvalidToken", "RequestExpired", "RequestTimeTooSkewed", "TokenRefreshRequired":
		return r.S3
	}
	return r.S3 && r.Status == http.StatusForbidden && strings.Contains(strings.ToLower(r.Message), "expired")
}

// URLRefused reports that S3 refused the presigned URL, so it did nothing.
func URLRefused(err error) bool {
	r, ok := errors.AsType[*Refusal](err)
	return ok && r.S3 && (r.Status == http.StatusForbidden || r.Expired())
}

// Missing reports that there is no such object, or none that the URL's signer may read. S3 answers 403 to both, because
// our signer's role does not have s3:ListBucket for the key.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
func Missing(err error) bool {
	r, ok := errors.AsType[*Refusal](err)
	return ok && r.S3 && (r.Code == "NoSuchKey" || r.Code == "AccessDenied" && !r.Expired())
}

// problem is the endpoint's refusal (RFC 9457), or API Gateway's own, which has only a message.
type problem struct {
	Status                                  int
	Title, Detail, Message, Code, RequestID string
	MaxBatch                                int
}

func (p problem) refusal() *Refusal {
	return &Refusal{
		Status: p.Status, Code: p.Code, Message: withoutARN(cmp.Or(p.Detail, p.Message, p.Title)), RequestID: p.RequestID, MaxBatch: p.MaxBatch,
	}
}

// refusalByEndpoint reads any body, because a proxy or load balancer before the endpoint does not use our format. A 400 without
// a text that closes the connection comes from a server that has read half a request.
func refusalByEndpoint(res *http.Response, body []byte, now time.Time) *Refusal {
	var p problem
	_ = json.Unmarshal(body, &p)
	p.Status = res.StatusCode
	p.RequestID = cmp.Or(p.RequestID, res.Header.Get("X-Amzn-Requestid"))
	r := p.refusal()
	r.Message = cmp.Or(r.Message, http.StatusText(res.StatusCode))
	r.halfRead = cmp.Or(p.Code, p.Detail, p.Message) == "" && p.Status == http.StatusBadRequest && res.Close
	r.after = retryAfter(res.Header, now)
	return r
}

// maxErrorBytes bounds what is read of an error document; a real one has about 500 bytes.
const maxErrorBytes = 64 << 10

// refusalByS3 reads an answer of S3. A 400 without an error document comes from a server that has read half a request.
func refusalByS3(res *http.Response, now time.Time) *Refusal {
	text, _ := io.ReadAll(io.LimitReader(res.Body, maxErrorBytes))
	r := RefusalIn(text)
	if r == nil { // a proxy's text, or none
		r = &Refusal{S3: true, halfRead: res.StatusCode == http.StatusBadRequest}
	}
	r.Status = res.StatusCode
	r.Code = cmp.Or(r.Code, strings.ReplaceAll(http.StatusText(res.StatusCode), " ", ""))
	r.RequestID = cmp.Or(r.RequestID, res.Header.Get("X-Amz-Request-Id"))
	r.after = retryAfter(res.Header, now)
	return r
}

// RefusalIn reads an error document of S3, if the body is one. A 200 can have one too: S3 sends the status of a
// CompleteMultipartUpload before it has done the work, and may fail afterwards.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
func RefusalIn(body []byte) *Refusal {
	var document struct {
		XMLName   xml.Name `xml:"Error"`
		Code      string
		Message   string
		RequestID string `xml:"RequestId"`
	}
	if xml.Unmarshal(body, &document) != nil || document.Code == "" {
		return nil
	}
	return &Refusal{
		S3: true, Status: http.StatusInternalServerError, Code: document.Code, RequestID: document.RequestID,
		Message: strings.TrimSuffix(withoutARN(document.Message), "."),
	}
}

// withoutARN removes the sentence that names a role from an error: AWS's "User: arn:aws:sts::...:
// assumed-role/... is not authorized to perform: ..." shows the account and its roles.
func withoutARN(message string) string {
	if strings.Contains(message, "arn:") {
		return "Access Denied"
	}
	return message
}

// HasCode reports whether the error is a refusal, by the endpoint or by S3, with one of these codes.
func HasCode(err error, codes ...string) bool {
	r, ok := errors.AsType[*Refusal](err)
	return ok && slices.Contains(codes, r.Code)
}

// HasStatus reports whether the error is a refusal, by the endpoint or by S3, with this HTTP status.
func HasStatus(err error, status int) bool {
	r, ok := errors.AsType[*Refusal](err)
	return ok && r.Status == status
}

// temporary reports statuses that another attempt may overcome: overload, a concurrent write, a slow body.
func temporary(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return status >= 500 && status != http.StatusNotImplemented
}

// retryAfter reads the header in both its forms, seconds and date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil && seconds > 0 {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}
