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

// Problem is the body of every refusal (RFC 9457), with a stable code.
type Problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Code      Code   `json:"code"`
	RequestID string `json:"requestId"`
	MaxBatch  int    `json:"maxBatch,omitempty"` // requests of one batch; on BatchTooLarge
}

// problem is a refusal. The detail is safe to show. The cause of an internal error is only logged.
type problem struct {
	code     Code
	status   int    // for a custom code; the table has the others
	detail   string // what was received and what is allowed, one sentence without a full stop
	maxBatch int    // with BatchTooLarge
	cause    error
}

func (p *problem) Error() string { return string(p.code) + ": " + p.detail }

func (p *problem) body(requestID string) Problem {
	return Problem{Type: "about:blank", Title: http.StatusText(p.status), Status: p.status, Detail: p.detail, Code: p.code, RequestID: requestID, MaxBatch: p.maxBatch}
}

func refuse(code Code, format string, args ...any) error {
	return &problem{code: code, detail: fmt.Sprintf(format, args...)}
}

// problemOf turns an error into the client's answer. An error that is not a refusal becomes an internal error, and its
// cause is only logged.
func problemOf(err error) *problem {
	if err == nil {
		return nil
	}
	var p *problem
	if !errors.As(err, &p) {
		p = &problem{
			code: InternalError, cause: err,
			detail: "the request could not be answered: try again, and quote the request ID if it continues",
		}
	}
	if p.status == 0 {
		p.status = Statuses()[p.code]
	}
	return p
}
