package presigner

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"example.com/presigned/lambda/operation"
)

// usualBody is the room for an answer: most of one is its URL, and most of that the session token, in bytes.
const usualBody = 2 << 10

// Handler answers requests. It is safe for concurrent use.
type Handler struct {
	config Config
	signer *signer
	now    func() time.Time
	log    slog.Handler
}

// New returns a Handler that reads the time from now and writes one JSON line for each request to log.
func New(config Config, now func() time.Time, log io.Writer) *Handler {
	return &Handler{config: config, signer: newSigner(config), now: now, log: slog.NewJSONHandler(log, nil)}
}

// Invoke implements lambda.Handler. Every refusal is an answer of its own, never an invocation error:
// API Gateway would turn that into a bare 502.
func (h *Handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	entry := record{start: h.now()}
	e, err := decodeEvent(payload)
	entry.requestID = e.requestID
	var a Answer
	if err == nil {
		a, err = h.answer(ctx, e, &entry)
	}
	defer func() { h.write(ctx, entry) }()
	body := make([]byte, 0, usualBody)
	if err == nil {
		return h.config.respond(http.StatusOK, "application/json", e.origin, a.appendJSON(body)), nil
	}
	var p *problem
	if !errors.As(err, &p) {
		entry.cause = err
		p = &problem{code: InternalError, detail: "the request could not be answered: try again, and quote the request ID if it goes on"}
	}
	entry.code = p.code
	body = newProblem(p, entry.requestID).appendJSON(body)
	return h.config.respond(Statuses()[p.code], "application/problem+json", e.origin, body), nil
}

// answer takes a request past every stop.
func (h *Handler) answer(ctx context.Context, e event, entry *record) (Answer, error) {
	who, err := h.config.callerFrom(e.claims)
	if err != nil {
		return Answer{}, err
	}
	entry.caller = who.name
	r, err := decodeRequest(e)
	if err != nil {
		return Answer{}, err
	}
	if err := who.checkUsername(r); err != nil {
		return Answer{}, err
	}
	op, err := h.config.chooseOperation(r)
	if err != nil {
		return Answer{}, err
	}
	entry.operation, entry.contentLength = op.Name, r.contentLength
	if err := h.config.validate(op, &r); err != nil {
		return Answer{}, err
	}
	if err := h.place(op, who, &r, entry.start); err != nil {
		return Answer{}, err
	}
	entry.key = r.key
	s, err := h.signer.presign(ctx, op, r, entry.start)
	if err != nil {
		return Answer{}, err
	}
	return h.config.answer(op, r.key, s), nil
}

// place decides which key a request is about: a new one, the caller's whole prefix, or the one it names.
func (h *Handler) place(op operation.Operation, who caller, r *request, now time.Time) error {
	switch {
	case op.NewKey:
		r.key = who.newKey(now)
	case op.Resource == operation.Bucket:
		r.key = who.prefix + "/"
	default:
		return who.checkKey(r.key)
	}
	return nil
}
