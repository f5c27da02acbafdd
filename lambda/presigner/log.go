package presigner

import (
	"context"
	"log/slog"
	"time"
)

// record is the log entry of an operation. It has no field for a token, credential or URL, so none can be logged.
type record struct {
	start         time.Time
	keyTime       time.Time // of a new key; not logged
	requestID     string
	caller        string
	operation     string
	key           string
	contentLength int64
}

// write logs one line. p says why the operation was refused; without p a URL was issued.
//
// Lambda reads "timestamp" and "level": https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
func (h *Handler) write(ctx context.Context, r record, p *problem) {
	level, outcome, code := slog.LevelInfo, "issued", Code("")
	if p != nil {
		outcome, code = "refused", p.code
		if p.cause != nil {
			level, outcome = slog.LevelError, "failed"
		}
	}
	end := h.now()
	line := slog.NewRecord(time.Time{}, level, "presign", 0) // slog omits a zero time; it would name it "time"
	line.AddAttrs(
		slog.Time("timestamp", end.UTC()),
		slog.String("requestId", r.requestID),
		slog.String("caller", r.caller),
		slog.String("operation", r.operation),
		slog.String("key", r.key),
		slog.Int64("contentLength", r.contentLength),
		slog.String("outcome", outcome),
		slog.String("code", string(code)),
		slog.Float64("latencyMs", float64(end.Sub(r.start).Microseconds())/1000),
	)
	if p != nil && p.cause != nil {
		line.AddAttrs(slog.String("cause", p.cause.Error()))
	}
	// The only possible error is a broken standard output, which can't be reported.
	_ = h.log.Handle(ctx, line)
}
