package signin

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/aws/smithy-go"
)

// Error is a refusal by the user pool, in its own words.
type Error struct {
	What    string // what was tried
	Code    string // as Cognito spells it, such as NotAuthorizedException
	Message string
	cause   error
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %s (%s)", e.What, e.Message, e.Code) }
func (e *Error) Unwrap() error { return e.cause }

// Refused reports whether the user pool said no for good: the same credentials will not do later either.
func Refused(err error) bool {
	var no *types.NotAuthorizedException
	var gone *types.UserNotFoundException
	return errors.As(err, &no) || errors.As(err, &gone)
}

// explain keeps the user pool's code and sentence and drops the SDK's envelope around them.
func explain(what string, err error) error {
	if err == nil {
		return nil
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		return &Error{What: what, Code: api.ErrorCode(), Message: api.ErrorMessage(), cause: err}
	}
	return fmt.Errorf("%s: %w", what, err)
}
