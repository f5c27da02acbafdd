package cognito

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// mailCode is a code that Cognito would have sent by e-mail.
type mailCode struct {
	purpose, digits string
	expires         time.Time
}

// What codes are for, and how long they are good for.
// https://docs.aws.amazon.com/cognito/latest/developerguide/limits.html ("Code validity")
const (
	signUpCode  = "sign-up confirmation"
	recoverCode = "password recovery"
)

func codeLife(purpose string) time.Duration {
	if purpose == recoverCode {
		return time.Hour
	}
	return 24 * time.Hour
}

// sendCode writes a new code to the local log, the one place where it can be read.
func (p *Pool) sendCode(u *user, purpose string) codeDelivery {
	digits := fmt.Sprintf("%06d", binary.BigEndian.Uint64(p.random(8))%1_000_000)
	u.code = &mailCode{purpose, digits, p.clock().Add(codeLife(purpose))}
	p.log.Info("code that Cognito would send by e-mail", "purpose", purpose, "username", u.username, "code", digits)
	return delivery(u.attributes["email"])
}

// codeDelivery tells the user where to look, without telling the address.
type codeDelivery struct{ AttributeName, DeliveryMedium, Destination string }

func delivery(email string) codeDelivery {
	initial := func(s string) string { return s[:min(len(s), 1)] + "***" }
	name, host, _ := strings.Cut(email, "@")
	return codeDelivery{"email", "EMAIL", initial(name) + "@" + initial(host)}
}

// checkCode compares a code and uses it up if it is right.
func (p *Pool) checkCode(u *user, purpose, digits string) error {
	switch {
	case u.code == nil || u.code.purpose != purpose || p.clock().After(u.code.expires):
		return errExpiredCode()
	case !equal(u.code.digits, digits):
		return errWrongCode()
	}
	u.code = nil
	return nil
}

func errExpiredCode() *apiError {
	return fail("ExpiredCodeException", "Invalid code provided, please request a code again.")
}

func errWrongCode() *apiError {
	return fail("CodeMismatchException", "Invalid verification code provided, please try again.")
}
