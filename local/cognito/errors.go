package cognito

import (
	"fmt"
	"net/http"
)

// apiError is an error as a client of the Cognito API sees it.
type apiError struct {
	Code    string // the exception's name
	Message string
}

func (e *apiError) Error() string { return e.Code + ": " + e.Message }

func fail(code, format string, args ...any) *apiError {
	return &apiError{code, fmt.Sprintf(format, args...)}
}

// status is 400 for all but these, by the service's API model.
func (e *apiError) status() int {
	switch e.Code {
	case "InternalErrorException":
		return http.StatusInternalServerError
	case "UnauthorizedException":
		return http.StatusUnauthorized
	}
	return http.StatusBadRequest
}

// The errors that more than one operation gives, in Cognito's own words.

func errBadCredentials() *apiError {
	return fail("NotAuthorizedException", "Incorrect username or password.")
}

func errMissing(parameter string) *apiError {
	return fail("InvalidParameterException", "Missing required parameter %s", parameter)
}

func errBadSession() *apiError {
	return fail("NotAuthorizedException", "Invalid session for the user.")
}
