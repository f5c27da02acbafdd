package presigner

import (
	"context"
	"log/slog"
	"time"
)

// record is what is logged of a request. It holds no token, credential or URL, so none can be logged.
type record struct {
	start         time.Time
	requestID     string
	caller        string
	operation     string
	key           string
	contentLength int64
	code          Code  // empty when a URL was issued
	cause         error // of an internal error; never shown to the client
}

func (h *Handler) write(ctx context.Context, r record) {
	level, outcome := slog.LevelInfo, "issued"
	if r.code != "" {
		outcome = "refused"
	}
	if r.cause != nil {
		level, outcome = slog.LevelError, "failed"
	}
	end := h.now()
	line := slog.NewRecord(end, level, "presign", 0)
	line.AddAttrs(
		slog.String("requestId", r.requestID),
		slog.String("caller", r.caller),
		slog.String("operation", r.operation),
		slog.String("key", r.key),
		slog.Int64("contentLength", r.contentLength),
		slog.String("outcome", outcome),
		slog.String("code", string(r.code)),
		slog.Float64("latencyMs", float64(end.Sub(r.start).Microseconds())/1000),
	)
	if r.cause != nil {
		line.AddAttrs(slog.String("cause", r.cause.Error()))
	}
	// The one error that this can give is a broken standard output, with nowhere left to say so.
	_ = h.log.Handle(ctx, line)
}
