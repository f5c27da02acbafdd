package signin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

// Answers has what only the person knows. With nil, a sign-in that needs one of them fails.
type Answers interface {
	// NewPassword returns the password that replaces the temporary one of a user made by an administrator.
	NewPassword(ctx context.Context) (string, error)
	// Code returns the six digits of the authenticator app. A non-empty secret is a new one (base32),
	// to be added to the app first: the user pool demands TOTP and the user has none yet.
	Code(ctx context.Context, secret string) (string, error)
}

// maxSteps bounds the challenges of one sign-in. Cognito's longest sequence is password, new password, TOTP set-up.
const maxSteps = 8

// step is an answer of the user pool: a challenge, or the tokens.
type step struct {
	challenge types.ChallengeNameType
	params    map[string]string
	session   *string
	result    *types.AuthenticationResultType
}

// attempt is one sign-in.
type attempt struct {
	client   *Client
	srp      *srp
	username string // as the user pool spells it, after its first answer
	password string
	answers  Answers
	now      time.Time // by the user pool's clock
}

func (t *attempt) run(ctx context.Context, s step) (Tokens, error) {
	for range maxSteps {
		if s.result != nil {
			return t.client.tokens(s.result)
		}
		if name := s.params["USERNAME"]; name != "" {
			t.username = name
		}
		responses, session, err := t.answer(ctx, s)
		if err != nil {
			return Tokens{}, err
		}
		if s, err = t.respond(ctx, s.challenge, responses, session); err != nil {
			return Tokens{}, err
		}
	}
	return Tokens{}, fmt.Errorf("the user pool set more than %d challenges in a row", maxSteps)
}

// answer returns the responses to one challenge, and the session to send them in.
func (t *attempt) answer(ctx context.Context, s step) (map[string]string, *string, error) {
	if s.challenge == types.ChallengeNameTypePasswordVerifier {
		r, err := t.provePassword(s.params)
		return r, s.session, err
	}
	if t.answers == nil {
		return nil, nil, fmt.Errorf("the user pool asks for %s, and there are no answers", s.challenge)
	}
	switch s.challenge {
	case types.ChallengeNameTypeNewPasswordRequired:
		password, err := t.answers.NewPassword(ctx)
		return t.named("NEW_PASSWORD", password), s.session, err
	case types.ChallengeNameTypeSoftwareTokenMfa:
		code, err := t.answers.Code(ctx, "")
		return t.named("SOFTWARE_TOKEN_MFA_CODE", code), s.session, err
	case types.ChallengeNameTypeMfaSetup:
		session, err := t.setUpTOTP(ctx, s.session)
		return map[string]string{"USERNAME": t.username}, session, err
	}
	return nil, nil, fmt.Errorf("the user pool asks for %s: want PASSWORD_VERIFIER, NEW_PASSWORD_REQUIRED, SOFTWARE_TOKEN_MFA or MFA_SETUP", s.challenge)
}

func (t *attempt) named(field, value string) map[string]string {
	return map[string]string{"USERNAME": t.username, field: value}
}

func (t *attempt) provePassword(params map[string]string) (map[string]string, error) {
	c, err := parseChallenge(params)
	if err != nil {
		return nil, err
	}
	signature, timestamp, err := t.srp.prove(t.client.pool, t.password, c, t.now)
	if err != nil {
		return nil, err
	}
	return map[string]string{
		"USERNAME":                    t.username,
		"PASSWORD_CLAIM_SECRET_BLOCK": params["SECRET_BLOCK"],
		"PASSWORD_CLAIM_SIGNATURE":    signature,
		"TIMESTAMP":                   timestamp,
	}, nil
}

// setUpTOTP gives the person a secret for the authenticator app and proves with its first code that it
// arrived. It returns the session with which the sign-in continues.
func (t *attempt) setUpTOTP(ctx context.Context, session *string) (*string, error) {
	secret, err := t.client.api.AssociateSoftwareToken(ctx, &cognito.AssociateSoftwareTokenInput{Session: session})
	if err != nil {
		return nil, err
	}
	if aws.ToString(secret.SecretCode) == "" {
		return nil, errors.New("set up TOTP: the user pool sent no secret code")
	}
	code, err := t.answers.Code(ctx, *secret.SecretCode)
	if err != nil {
		return nil, err
	}
	out, err := t.client.api.VerifySoftwareToken(ctx, &cognito.VerifySoftwareTokenInput{Session: secret.Session, UserCode: &code})
	if err != nil {
		return nil, err
	}
	return out.Session, nil
}

func (t *attempt) respond(ctx context.Context, name types.ChallengeNameType, responses map[string]string, session *string) (step, error) {
	out, err := t.client.api.RespondToAuthChallenge(ctx, &cognito.RespondToAuthChallengeInput{
		ChallengeName:      name,
		ClientId:           &t.client.cfg.AppClientID,
		ChallengeResponses: responses,
		Session:            session,
	})
	if err != nil {
		return step{}, err
	}
	return step{out.ChallengeName, out.ChallengeParameters, out.Session, out.AuthenticationResult}, nil
}
