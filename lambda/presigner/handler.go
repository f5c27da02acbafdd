// Package presigner turns an API Gateway request of a signed-in caller into a presigned S3 URL, or a batch into several.
//
// A request passes these files in this order: handler.go, claims.go (who calls), decode.go (the body), validate.go (which
// operation and fields), key.go (which key), validate.go (which values), check.go (a custom rule, if there is one),
// presign.go (the signature), respond.go. problem.go lists every refusal. Without a custom rule the package calls nothing
// over the network: its answer depends only on the event, the clock and the environment.
//
// A function's main package, lambda/openapi and tests may import it. It imports lambda/operation, and only presign.go
// imports service/s3. Signing needs no IAM action. S3 checks each URL against the execution role, so the role needs the
// actions that lambda/operation lists for the enabled operations.
package presigner

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"example.com/presigned/lambda/operation"
)

// event is the part of API Gateway's REST proxy event that the function uses.
type event struct {
	Body            string
	IsBase64Encoded bool
	Headers         struct{ Origin string } // encoding/json ignores the case of names, as HTTP does
	RequestContext  struct {
		// A client can choose the plain request ID, so answers and log lines have this one.
		// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
		ExtendedRequestID string
		Authorizer        struct{ Claims claims }
	}
}

// Handler answers requests. It is safe for concurrent use if its log is.
type Handler struct {
	config Config
	check  Check // may be nil
	signer *signer
	now    func() time.Time
	log    io.Writer
}

// New returns a Handler, which calls check before it signs, unless check is nil. The Handler reads the time from now, and
// writes one JSON line for each operation to log.
func New(config Config, check Check, now func() time.Time, log io.Writer) (*Handler, error) {
	signer, err := newSigner(config)
	if err != nil {
		return nil, err
	}
	return &Handler{config: config, check: check, signer: signer, now: now, log: log}, nil
}

// Invoke implements lambda.Handler. It returns every refusal as an answer, because API Gateway turns an error into a 502
// without a reason.
func (h *Handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	entry := logEntry{start: h.now()}
	var e event
	var answer any
	err := json.Unmarshal(payload, &e)
	if err != nil {
		err = fmt.Errorf("decode proxy event: %w", err)
	} else {
		entry.RequestID = e.RequestContext.ExtendedRequestID
		answer, err = h.serve(ctx, e, &entry)
	}
	p := problemOf(err, entry.RequestID)
	if _, ok := answer.(batchAnswer); !ok { // signBatch has logged each operation of a batch
		h.write(entry, p)
	}
	if p != nil {
		return h.config.respond(p.Status, "application/problem+json", e.Headers.Origin, p)
	}
	return h.config.respond(http.StatusOK, "application/json", e.Headers.Origin, answer)
}

// serve identifies the caller and signs the body's request, or each request of its batch. It returns an Answer or a
// batchAnswer.
func (h *Handler) serve(ctx context.Context, e event, entry *logEntry) (any, error) {
	who, err := h.config.callerFrom(e.RequestContext.Authorizer.Claims)
	if err != nil {
		return nil, err
	}
	entry.Caller = who.Name
	body, err := e.decodeBody(maxRequestBytes * h.config.MaxBatch)
	if err != nil {
		return nil, err
	}
	if _, ok := body[fieldRequests]; ok {
		requests, err := decodeBatch(body, h.config.MaxBatch)
		if err != nil {
			return nil, err
		}
		return h.signBatch(ctx, who, requests, *entry), nil
	}
	r, err := decodeRequest(body)
	if err != nil {
		return nil, err
	}
	return h.sign(ctx, who, r, entry.start, entry)
}

// signBatch signs each request independently: a refused one doesn't affect the others.
func (h *Handler) signBatch(ctx context.Context, who Caller, requests []json.RawMessage, common logEntry) batchAnswer {
	batch := batchAnswer{Results: make([]any, len(requests))}
	for i, text := range requests {
		entry := common
		entry.start = h.now()
		keyTime := common.start.Add(time.Duration(i) * time.Millisecond) // so that keys within a batch differ
		r, err := decodeItem(text)
		var answer Answer
		if err == nil {
			answer, err = h.sign(ctx, who, r, keyTime, &entry)
		}
		p := problemOf(err, entry.RequestID)
		h.write(entry, p)
		if p != nil {
			batch.Results[i] = p
		} else {
			batch.Results[i] = result{http.StatusOK, answer}
		}
	}
	return batch
}

// sign checks one request of a caller, completes it (the key, a default content type, the checksum of an empty body) and
// signs it. keyTime is the time in the key of a new object.
func (h *Handler) sign(ctx context.Context, who Caller, r request, keyTime time.Time, entry *logEntry) (Answer, error) {
	if err := who.checkUsername(r); err != nil {
		return Answer{}, err
	}
	op, err := h.config.chooseOperation(r)
	if err != nil {
		return Answer{}, err
	}
	entry.Operation, entry.ContentLength = op.Name, r.number(operation.ContentLength)
	if err := checkFields(op, r); err != nil {
		return Answer{}, err
	}
	if err := who.setKey(op, r, keyTime); err != nil {
		return Answer{}, err
	}
	if err := h.config.validate(op, r); err != nil {
		return Answer{}, err
	}
	entry.Key = r.text(operation.Key)
	if err := h.runCheck(ctx, who, op, r); err != nil {
		return Answer{}, err
	}
	s, err := h.signer.presign(ctx, op, r, entry.start)
	if err != nil {
		return Answer{}, err
	}
	return h.config.newAnswer(op, r, s), nil
}
