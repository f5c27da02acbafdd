package presigner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"runtime/debug"
	"time"

	"example.com/presigned/lambda/operation"
)

// Check is a custom rule that allows or refuses a request. It runs after all other validation, just before the signature.
// If it returns nil, the request is signed. A *Refusal is the answer to the client. Any other error, and a panic, is
// logged and shown as InternalError.
//
// The requests of a batch are checked one after the other: up to 100 calls in one invocation. ctx ends a moment before
// the function's timeout, and unchecked requests are then not signed. If a check ignores ctx, API Gateway answers 502 or
// 504. In Lambda a process has one request at a time, so calls of a check never overlap.
type Check func(ctx context.Context, caller Caller, request Request) error

// Request is the request that a Check allows or refuses. A field that the client left out is zero, except the default
// ContentType, and the ChecksumSHA256 of an empty body, which the function adds.
type Request struct {
	Operation      operation.Operation
	Key            string // of the object; for a new one (Operation.NewKey) chosen by the server; for a listing the prefix
	Filename       string // as the client sent it
	ContentType    string
	ContentLength  int64 // bytes; every uploadPart has it, and with maxUploadBytes every putObject
	ChecksumSHA256 string
	UploadID       string
	PartNumber     int64
}

// Refusal is a Check's answer to the client, as problem+json.
type Refusal struct {
	Code   Code   // an upper-case letter, then letters and digits, 64 characters at most; no code of this package
	Status int    // 403 (or 0): clients don't retry; 429: clients retry a little later
	Detail string // one sentence for the client's developer; it may not be empty
}

func (r *Refusal) Error() string { return string(r.Code) + ": " + r.Detail }

// answerTime is reserved for signing and answering after a Check: a batch of 100 takes about 9 ms of CPU time
// (docs/benchmarks.md), which is about 120 ms on a function of 128 MB.
const answerTime = 250 * time.Millisecond

// runCheck calls the Check, if there is one.
func (h *Handler) runCheck(ctx context.Context, who Caller, op operation.Operation, r request) (err error) {
	if h.check == nil {
		return nil
	}
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, end.Add(-answerTime))
		defer cancel()
	}
	key := r.text(operation.Key)
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("check %s for %q: panic: %v\n%s", op.Name, key, v, debug.Stack())
		}
	}()
	if err = ctx.Err(); err == nil { // earlier requests may have used up the time
		err = h.check(ctx, who, Request{
			Operation:      op,
			Key:            key,
			Filename:       r.text(operation.Filename),
			ContentType:    r.text(operation.ContentType),
			ContentLength:  r.number(operation.ContentLength),
			ChecksumSHA256: r.text(operation.ChecksumSHA256),
			UploadID:       r.text(operation.UploadID),
			PartNumber:     r.number(operation.PartNumber),
		})
	}
	if refusal, ok := errors.AsType[*Refusal](err); ok {
		return fmt.Errorf("check %s for %q: %w", op.Name, key, refusal.problem())
	}
	if err != nil { // not wrapped: if a check returned a Problem, problemOf would answer with it
		return fmt.Errorf("check %s for %q: %s", op.Name, key, err.Error())
	}
	return nil
}

// problem returns the client's form of the refusal, or an error if the refusal is invalid.
func (r *Refusal) problem() error {
	_, taken := Statuses()[r.Code]
	switch {
	case taken, !regexp.MustCompile(`^[A-Z][A-Za-z0-9]{0,63}$`).MatchString(string(r.Code)):
		return fmt.Errorf("its refusal has code %q: want an upper-case letter, then letters and digits, at most 64, and no code of the contract", r.Code)
	case r.Status != 0 && r.Status != http.StatusForbidden && r.Status != http.StatusTooManyRequests:
		return fmt.Errorf("its refusal %s has status %d: want %d, %d or 0", r.Code, r.Status, http.StatusForbidden, http.StatusTooManyRequests)
	case r.Detail == "":
		return fmt.Errorf("its refusal %s has no detail", r.Code)
	}
	return newProblem(cmp.Or(r.Status, http.StatusForbidden), r.Code, r.Detail)
}
