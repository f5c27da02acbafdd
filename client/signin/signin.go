// Package signin signs a user in at an Amazon Cognito user pool, by SRP: the password never leaves the
// machine. It answers the challenges that a person can answer in a terminal (new password, TOTP code,
// first TOTP set-up), refreshes and revokes tokens. It stores nothing and prints nothing.
//
// Anything may import it. It needs no IAM action: its calls need only the app client's ID, and a password or token.
package signin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/aws/smithy-go"
)

// Config says which user pool, and through which app client.
type Config struct {
	Region      string // such as eu-west-1
	UserPoolID  string // such as eu-west-1_Ab12Cd34
	AppClientID string // an app client without a secret, with ALLOW_USER_SRP_AUTH

	Endpoint   string           // base URL of the user pool's service; empty: AWS's own for the region
	HTTPClient *http.Client     // nil: the SDK's own
	Clock      func() time.Time // nil: time.Now
}

// Tokens is what a sign-in gives. Both tokens are bearer credentials: never print or log them.
type Tokens struct {
	AccessToken  string    `json:"accessToken"`
	RefreshToken string    `json:"refreshToken"`
	ExpiresAt    time.Time `json:"expiresAt"` // by this machine's clock, so that a wrong clock does no harm
}

// Client signs users in. It is safe for concurrent use.
type Client struct {
	cfg  Config
	pool string // the pool's name, part of every proof
	api  *cognito.Client
}

// New checks the configuration; it sends nothing.
func New(cfg Config) (*Client, error) {
	name, err := poolName(cfg.UserPoolID)
	if err != nil {
		return nil, err
	}
	if cfg.AppClientID == "" || cfg.Region == "" {
		return nil, errors.New("sign-in needs an app client ID and a region")
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	o := cognito.Options{Region: cfg.Region, Credentials: aws.AnonymousCredentials{}}
	if cfg.Endpoint != "" {
		o.BaseEndpoint = new(cfg.Endpoint)
	}
	if cfg.HTTPClient != nil {
		o.HTTPClient = cfg.HTTPClient
	}
	return &Client{cfg: cfg, pool: name, api: cognito.New(o)}, nil
}

// SignIn signs the user in with SRP. answers is asked for what the user pool's challenges need.
func (c *Client) SignIn(ctx context.Context, username, password string, answers Answers) (Tokens, error) {
	s := newSRP()
	out, err := c.api.InitiateAuth(ctx, &cognito.InitiateAuthInput{
		AuthFlow:       types.AuthFlowTypeUserSrpAuth,
		ClientId:       &c.cfg.AppClientID,
		AuthParameters: map[string]string{"USERNAME": username, "SRP_A": hexOf(s.A)},
	})
	if err != nil {
		return Tokens{}, explain(fmt.Sprintf("sign in as %q", username), err)
	}
	t := attempt{client: c, srp: s, username: username, password: password, answers: answers, now: c.cfg.Clock()}
	if serverTime, ok := awsmiddleware.GetServerTime(out.ResultMetadata); ok {
		t.now = serverTime // a proof of another time is refused as a wrong password, and this machine's clock may be wrong
	}
	tokens, err := t.run(ctx, step{out.ChallengeName, out.ChallengeParameters, out.Session, out.AuthenticationResult})
	return tokens, explain(fmt.Sprintf("sign in as %q", username), err)
}

// Refresh gets a new access token by the refresh token. If the app client rotates refresh tokens, the answer has a new
// one; otherwise the old one stays.
func (c *Client) Refresh(ctx context.Context, refreshToken string) (Tokens, error) {
	out, err := c.api.InitiateAuth(ctx, &cognito.InitiateAuthInput{
		AuthFlow:       types.AuthFlowTypeRefreshTokenAuth,
		ClientId:       &c.cfg.AppClientID,
		AuthParameters: map[string]string{"REFRESH_TOKEN": refreshToken},
	})
	if err != nil {
		return Tokens{}, explain("refresh the access token", err)
	}
	tokens, err := c.tokens(out.AuthenticationResult)
	if err == nil && tokens.RefreshToken == "" {
		tokens.RefreshToken = refreshToken
	}
	return tokens, err
}

// Revoke ends the refresh token and every access token that came from it.
func (c *Client) Revoke(ctx context.Context, refreshToken string) error {
	_, err := c.api.RevokeToken(ctx, &cognito.RevokeTokenInput{ClientId: &c.cfg.AppClientID, Token: &refreshToken})
	return explain("revoke the refresh token", err)
}

// SignOutEverywhere ends every session of the user, on all devices.
func (c *Client) SignOutEverywhere(ctx context.Context, accessToken string) error {
	_, err := c.api.GlobalSignOut(ctx, &cognito.GlobalSignOutInput{AccessToken: &accessToken})
	return explain("sign out everywhere", err)
}

func (c *Client) tokens(r *types.AuthenticationResultType) (Tokens, error) {
	if r == nil || aws.ToString(r.AccessToken) == "" {
		return Tokens{}, errors.New("the user pool answered without an access token")
	}
	return Tokens{
		AccessToken:  *r.AccessToken,
		RefreshToken: aws.ToString(r.RefreshToken),
		ExpiresAt:    c.cfg.Clock().Add(time.Duration(r.ExpiresIn) * time.Second),
	}, nil
}

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
