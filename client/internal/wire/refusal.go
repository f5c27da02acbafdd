package wire

import (
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Refusal is a refusal by S3.
type Refusal struct {
	XMLName   xml.Name `xml:"Error"`
	Status    int      `xml:"-"`
	Code      string   `xml:"Code"`
	Message   string   `xml:"Message"`
	RequestID string   `xml:"RequestId"`

	mute  bool // nothing in it is S3's own word
	after time.Duration
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("S3: %s (%s, status %d%s)", strings.TrimSuffix(cmp.Or(r.Message, "refused"), "."),
		cmp.Or(r.Code, "no code"), r.Status, requestSuffix(r.RequestID))
}

// Again reports whether the operation, presigned anew, may be accepted later. A 400 without a word is what a server
// says that has read half a request, the connection having broken; or S3 to a HEAD whose signer's session has ended.
func (r *Refusal) Again() (bool, time.Duration) {
	return temporary(r.Status) || r.Code == "RequestTimeout" || r.Expired() || r.mute && r.Status == http.StatusBadRequest, r.after
}

// Expired reports whether the URL, or the session that signed it, had ended: a new URL helps.
//
// S3 says AccessDenied for an expired URL as for a forbidden one; only the sentence tells them apart.
func (r *Refusal) Expired() bool {
	switch r.Code {
	case "ExpiredToken", "RequestExpired", "RequestTimeTooSkewed", "TokenRefreshRequired":
		return true
	}
	return r.Status == http.StatusForbidden && strings.Contains(strings.ToLower(r.Message), "expired")
}

// URLRefused reports that S3 did not take the presigned URL, and did nothing of what it asked for.
func URLRefused(err error) bool {
	var r *Refusal
	return errors.As(err, &r) && (r.Status == http.StatusForbidden || r.Expired())
}

// maxErrorBytes bounds what is read of an error document; a real one has about 500 bytes.
const maxErrorBytes = 64 << 10

func parseRefusal(res *http.Response, now time.Time) *Refusal {
	text, _ := io.ReadAll(io.LimitReader(res.Body, maxErrorBytes))
	r := &Refusal{}
	if xml.Unmarshal(text, r) != nil {
		r = &Refusal{} // not S3's own words: a proxy's, or none (HEAD)
	}
	r.Status, r.mute = res.StatusCode, r.Code == ""
	r.Code = cmp.Or(r.Code, strings.ReplaceAll(http.StatusText(res.StatusCode), " ", ""))
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
	r.Status = http.StatusInternalServerError
	return r
}
