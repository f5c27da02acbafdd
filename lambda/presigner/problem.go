package presigner

import (
	"errors"
	"fmt"
	"net/http"
)

// Code names a refusal. It is part of the contract: clients switch on it, so it never changes.
type Code string

// Every refusal of the function, except those of a custom rule (check.go). API Gateway also has refusals, before it
// invokes the function (infra/uploads/gatewayresponse.go).
const (
	InvalidJSON              Code = "InvalidJSON"
	InvalidRequest           Code = "InvalidRequest"
	InvalidOperation         Code = "InvalidOperation"
	InvalidContentType       Code = "InvalidContentType"
	InvalidContentLength     Code = "InvalidContentLength"
	InvalidChecksum          Code = "InvalidChecksum"
	InvalidKey               Code = "InvalidKey"
	InvalidUploadID          Code = "InvalidUploadId"
	InvalidPartNumber        Code = "InvalidPartNumber"
	InvalidFilename          Code = "InvalidFilename"
	InvalidContinuationToken Code = "InvalidContinuationToken"
	OperationNotEnabled      Code = "OperationNotEnabled"
	UsernameMismatch         Code = "UsernameMismatch"
	KeyOutsidePrefix         Code = "KeyOutsidePrefix"
	TokenNotAccepted         Code = "TokenNotAccepted"
	RequestTooLarge          Code = "RequestTooLarge"
	BatchTooLarge            Code = "BatchTooLarge"
	UploadTooLarge           Code = "UploadTooLarge"
	ContentTypeNotAllowed    Code = "ContentTypeNotAllowed"
	InternalError            Code = "InternalError"
	CredentialsExpired       Code = "CredentialsExpired"
)

// Statuses is the one table from code to HTTP status.
func Statuses() map[Code]int {
	return map[Code]int{
		InvalidJSON:              http.StatusBadRequest,
		InvalidRequest:           http.StatusBadRequest,
		InvalidOperation:         http.StatusBadRequest,
		InvalidContentType:       http.StatusBadRequest,
		InvalidContentLength:     http.StatusBadRequest,
		InvalidChecksum:          http.StatusBadRequest,
		InvalidKey:               http.StatusBadRequest,
		InvalidUploadID:          http.StatusBadRequest,
		InvalidPartNumber:        http.StatusBadRequest,
		InvalidFilename:          http.StatusBadRequest,
		InvalidContinuationToken: http.StatusBadRequest,
		OperationNotEnabled:      http.StatusForbidden,
		UsernameMismatch:         http.StatusForbidden,
		KeyOutsidePrefix:         http.StatusForbidden,
		TokenNotAccepted:         http.StatusForbidden,
		RequestTooLarge:          http.StatusRequestEntityTooLarge,
		BatchTooLarge:            http.StatusRequestEntityTooLarge,
		UploadTooLarge:           http.StatusRequestEntityTooLarge,
		ContentTypeNotAllowed:    http.StatusUnsupportedMediaType,
		InternalError:            http.StatusInternalServerError,
		CredentialsExpired:       http.StatusServiceUnavailable,
	}
}

// Problem is a refusal: the body of its answer (RFC 9457), and the error that stops the request.
type Problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"` // safe to show: what was received and what is allowed, one sentence without a full stop
	Code      Code   `json:"code"`
	RequestID string `json:"requestId"`
	MaxBatch  int    `json:"maxBatch,omitempty"` // requests of one batch; on BatchTooLarge

	cause error // of an InternalError; only logged
}

func (p *Problem) Error() string { return string(p.Code) + ": " + p.Detail }

func newProblem(status int, code Code, detail string) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

func refuse(code Code, format string, args ...any) error {
	return newProblem(Statuses()[code], code, fmt.Sprintf(format, args...))
}

// problemOf turns the error of a request into the client's answer. An error that is not a refusal becomes an internal error.
func problemOf(err error, requestID string) *Problem {
	if err == nil {
		return nil
	}
	p, ok := errors.AsType[*Problem](err)
	if !ok {
		p = newProblem(Statuses()[InternalError], InternalError, "the request could not be answered: try again, and quote the request ID if it continues")
		p.cause = err
	}
	p.RequestID = requestID
	return p
}
