package wire

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Problem is a refusal by the endpoint (RFC 9457).
type Problem struct {
	Status    int    `json:"status"`
	Title     string `json:"title"`
	Detail    string `json:"detail"`
	Code      string `json:"code"` // stable; the one to compare with
	RequestID string `json:"requestId"`

	mute  bool // nothing in it is the endpoint's own word
	after time.Duration
}

func (p *Problem) Error() string {
	return fmt.Sprintf("%s (%s, status %d%s)", cmp.Or(p.Detail, p.Title, "refused by the endpoint"),
		cmp.Or(p.Code, "no code"), p.Status, requestSuffix(p.RequestID))
}

// Again reports whether the same request may be accepted later. A 400 without a word is what a server says that has
// read half a request, the connection having broken.
func (p *Problem) Again() (bool, time.Duration) {
	return temporary(p.Status) || p.mute && p.Status == http.StatusBadRequest, p.after
}

// parseProblem reads any body: what stands before the endpoint (a proxy, a load balancer) does not know
// our form, and API Gateway's own is {"message": "..."}.
func parseProblem(res *http.Response, body []byte, now time.Time) *Problem {
	var p struct {
		Problem
		Message string `json:"message"`
	}
	_ = json.Unmarshal(body, &p)
	p.Status = res.StatusCode
	p.Detail = cmp.Or(p.Detail, p.Message)
	p.mute = p.Code == "" && p.Detail == ""
	p.Title = cmp.Or(p.Title, http.StatusText(res.StatusCode))
	p.RequestID = cmp.Or(p.RequestID, res.Header.Get("X-Amzn-Requestid"))
	p.after = retryAfter(res.Header, now)
	return &p.Problem
}

// HasCode reports whether the error is a refusal, by the endpoint or by S3, with one of these codes.
func HasCode(err error, codes ...string) bool {
	var p *Problem
	var r *Refusal
	for _, code := range codes {
		if errors.As(err, &p) && p.Code == code || errors.As(err, &r) && r.Code == code {
			return true
		}
	}
	return false
}

// HasStatus reports whether the error is a refusal, by the endpoint or by S3, with this HTTP status.
func HasStatus(err error, status int) bool {
	var p *Problem
	var r *Refusal
	return errors.As(err, &p) && p.Status == status || errors.As(err, &r) && r.Status == status
}

// temporary lists the statuses that say "later": overload, a conflicting write under way, a slow body.
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
