package signin

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/aws/smithy-go"
)

// Error is a refusal by the user pool.
type Error struct {
	What    string // what was tried
	Code    string // as Cognito spells it, such as NotAuthorizedException
	Message string
	cause   error
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %s (%s)", e.What, e.Message, e.Code) }
func (e *Error) Unwrap() error { return e.cause }

// Refused reports whether the user pool refused the credentials, so that trying them again does not help.
func Refused(err error) bool {
	_, notAuthorized := errors.AsType[*types.NotAuthorizedException](err)
	_, notFound := errors.AsType[*types.UserNotFoundException](err)
	return notAuthorized || notFound
}

// explain keeps the user pool's code and message, without the SDK's text around them.
func explain(what string, err error) error {
	if err == nil {
		return nil
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return &Error{What: what, Code: api.ErrorCode(), Message: api.ErrorMessage(), cause: err}
	}
	return fmt.Errorf("%s: %w", what, err)
}
