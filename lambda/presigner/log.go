package presigner

import (
	"context"
	"log/slog"
	"time"
)

// logEntry is what the log says of an operation. It has no field for a token, credential or URL, so none can be logged.
type logEntry struct {
	start         time.Time
	requestID     string
	caller        string
	operation     string
	key           string
	contentLength int64
}

// write logs one operation as one line. p says why it was refused; without p a URL was issued.
//
// Lambda reads "timestamp" and "level": https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
func (h *Handler) write(ctx context.Context, entry logEntry, p *Problem) {
	level, outcome, code := slog.LevelInfo, "issued", Code("")
	if p != nil {
		outcome, code = "refused", p.Code
		if p.cause != nil {
			level, outcome = slog.LevelError, "failed"
		}
	}
	end := h.now()
	line := slog.NewRecord(time.Time{}, level, "presign", 0) // slog omits a zero time; it would name it "time"
	line.AddAttrs(
		slog.Time("timestamp", end.UTC()),
		slog.String("requestId", entry.requestID),
		slog.String("caller", entry.caller),
		slog.String("operation", entry.operation),
		slog.String("key", entry.key),
		slog.Int64("contentLength", entry.contentLength),
		slog.String("outcome", outcome),
		slog.String("code", string(code)),
		slog.Float64("latencyMs", float64(end.Sub(entry.start).Microseconds())/1000),
	)
	if p != nil && p.cause != nil {
		line.AddAttrs(slog.String("cause", p.cause.Error()))
	}
	// The only possible error is a broken standard output, which can't be reported.
	_ = h.log.Handle(ctx, line)
}
