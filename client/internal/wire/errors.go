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

// Problem is a refusal by the endpoint (RFC 9457).
type Problem struct {
	Status    int    `json:"status"`
	Title     string `json:"title"`
	Detail    string `json:"detail"`
	Code      string `json:"code"` // stable; the one to compare with
	RequestID string `json:"requestId"`
	MaxBatch  int    `json:"maxBatch"` // with BatchTooLarge

	halfRead bool // a server has read half a request, because the connection broke
	after    time.Duration
}

func (p *Problem) Error() string {
	return fmt.Sprintf("%s (%s, status %d%s)", cmp.Or(p.Detail, p.Title, "refused by the endpoint"),
		cmp.Or(p.Code, "no code"), p.Status, requestSuffix(p.RequestID))
}

// Again reports whether the same request may be accepted later.
func (p *Problem) Again() (bool, time.Duration) { return temporary(p.Status) || p.halfRead, p.after }

// parseProblem reads any body: a proxy or load balancer before the endpoint does not use our format, and API Gateway's
// own is {"message": "..."}.
func parseProblem(res *http.Response, body []byte, now time.Time) *Problem {
	var p struct {
		Problem
		Message string `json:"message"`
	}
	_ = json.Unmarshal(body, &p)
	p.Status = res.StatusCode
	p.Detail = withoutARN(cmp.Or(p.Detail, p.Message))
	p.halfRead = p.Code == "" && p.Detail == "" && p.Status == http.StatusBadRequest && res.Close
	p.Title = cmp.Or(p.Title, http.StatusText(res.StatusCode))
	p.RequestID = cmp.Or(p.RequestID, res.Header.Get("X-Amzn-Requestid"))
	p.after = retryAfter(res.Header, now)
	return &p.Problem
}

// Refusal is a refusal by S3.
type Refusal struct {
	XMLName   xml.Name `xml:"Error"`
	Status    int      `xml:"-"`
	Code      string   `xml:"Code"`
	Message   string   `xml:"Message"` // without an ARN, whatever S3 said
	RequestID string   `xml:"RequestId"`

	noDocument bool // the answer had no error document of S3
	after      time.Duration
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("S3: %s (%s, status %d%s)", strings.TrimSuffix(cmp.Or(r.Message, "refused"), "."),
		cmp.Or(r.Code, "no code"), r.Status, requestSuffix(r.RequestID))
}

// Again reports whether the operation, presigned again, may be accepted later. A 400 without an error
// document comes from a server that has read half a request because the connection broke.
func (r *Refusal) Again() (bool, time.Duration) {
	return temporary(r.Status) || r.Code == "RequestTimeout" || r.Expired() || r.noDocument && r.Status == http.StatusBadRequest, r.after
}

// Expired reports whether the URL, or the session that signed it, had ended or was not valid yet: a new
// URL helps. S3's code for an expired URL is that of a forbidden one, AccessDenied; only the sentence
// tells them apart.
func (r *Refusal) Expired() bool {
	switch r.Code {
	case "ExpiredToken", "InvalidAccessKeyId", "InvalidToken", "RequestExpired", "RequestTimeTooSkewed", "TokenRefreshRequired":
		return true
	}
	return r.Status == http.StatusForbidden && strings.Contains(strings.ToLower(r.Message), "expired")
}

// URLRefused reports that S3 refused the presigned URL, so it did nothing.
func URLRefused(err error) bool {
	r, ok := errors.AsType[*Refusal](err)
	return ok && (r.Status == http.StatusForbidden || r.Expired())
}

// Missing reports that there is no such object, or none that the URL's signer may read. S3 answers 403 to both, because
// our signer's role does not have s3:ListBucket for the key.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
func Missing(err error) bool {
	r, ok := errors.AsType[*Refusal](err)
	return ok && (r.Code == "NoSuchKey" || r.Code == "AccessDenied" && !r.Expired())
}

// maxErrorBytes bounds what is read of an error document; a real one has about 500 bytes.
const maxErrorBytes = 64 << 10

func parseRefusal(res *http.Response, now time.Time) *Refusal {
	text, _ := io.ReadAll(io.LimitReader(res.Body, maxErrorBytes))
	r := &Refusal{}
	if xml.Unmarshal(text, r) != nil {
		r = &Refusal{} // a proxy's text, or none
	}
	r.Status, r.noDocument = res.StatusCode, r.Code == ""
	r.Code = cmp.Or(r.Code, strings.ReplaceAll(http.StatusText(res.StatusCode), " ", ""))
	r.Message = withoutARN(r.Message)
	r.RequestID = cmp.Or(r.RequestID, res.Header.Get("X-Amz-Request-Id"))
	r.after = retryAfter(res.Header, now)
	return r
}

// RefusalIn finds an error document in the body of a 200: S3 sends the status of a
// CompleteMultipartUpload before it has done the work, and may fail afterwards.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
func RefusalIn(body []byte) *Refusal {
	r := &Refusal{}
	if xml.Unmarshal(body, r) != nil || r.Code == "" {
		return nil
	}
	r.Status, r.Message = http.StatusInternalServerError, withoutARN(r.Message)
	return r
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
	_, code := refused(err)
	return slices.Contains(codes, code)
}

// HasStatus reports whether the error is a refusal, by the endpoint or by S3, with this HTTP status.
func HasStatus(err error, status int) bool {
	got, _ := refused(err)
	return got == status
}

func refused(err error) (status int, code string) {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p.Status, p.Code
	}
	if r, ok := errors.AsType[*Refusal](err); ok {
		return r.Status, r.Code
	}
	return 0, ""
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

func requestSuffix(id string) string {
	if id == "" {
		return ""
	}
	return ", request " + id
}
