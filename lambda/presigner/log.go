package presigner

import (
	"context"
	"log/slog"
	"time"
)

// record is what is logged of an operation. It holds no token, credential or URL, so none can be logged.
type record struct {
	start         time.Time
	keyTime       time.Time // of a new key; not logged
	requestID     string
	caller        string
	operation     string
	key           string
	contentLength int64
}

// write logs one line: p says why the operation was refused, nil that a URL was issued.
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
	line := slog.NewRecord(time.Time{}, level, "presign", 0) // slog would name its time "time", and leaves a zero one out
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
	// The one error that this can give is a broken standard output, with nowhere left to say so.
	_ = h.log.Handle(ctx, line)
}
