package presigner

import (
	"encoding/json"
	"time"
)

// logEntry is what the log says of an operation. It has no field for a token, credential or URL. Cause is
// the text of an error, so a custom rule must not put a secret into its errors.
//
// Lambda reads level and timestamp: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
type logEntry struct {
	Level         string    `json:"level"`
	Message       string    `json:"msg"`
	Timestamp     time.Time `json:"timestamp"` // the end
	RequestID     string    `json:"requestId"`
	Caller        string    `json:"caller"`
	Operation     string    `json:"operation"`
	Key           string    `json:"key"`
	ContentLength int64     `json:"contentLength"`
	Outcome       string    `json:"outcome"`
	Code          Code      `json:"code"`
	LatencyMs     float64   `json:"latencyMs"`
	Cause         string    `json:"cause,omitempty"`

	start time.Time
}

// write logs one operation as one line. Without p a URL was issued. With p the request was refused; it has failed if p has a
// cause.
func (h *Handler) write(entry logEntry, p *Problem) {
	entry.Level, entry.Message, entry.Outcome = "INFO", "presign", "issued"
	if p != nil {
		entry.Outcome, entry.Code = "refused", p.Code
		if p.cause != nil {
			entry.Level, entry.Outcome, entry.Cause = "ERROR", "failed", p.cause.Error()
		}
	}
	entry.Timestamp = h.now().UTC()
	entry.LatencyMs = float64(entry.Timestamp.Sub(entry.start).Microseconds()) / 1000
	// The only possible error is a broken standard output, which can't be reported.
	_ = json.NewEncoder(h.log).Encode(entry)
}
