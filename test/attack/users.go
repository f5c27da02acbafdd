package attack

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/pquerna/otp/totp"

	"example.com/presigned/client/signin"
	"example.com/presigned/test/harness"
)

// administrator makes and deletes users in the user pool.
type administrator struct {
	config    aws.Config
	users     *cognito.Client
	pool      string
	usernames []string // that it made
}

// administer makes the clients that use an administrator's AWS credentials.
func (x *Target) administer(config aws.Config, s3URL string) {
	config.Region = x.Region
	x.admin = &administrator{config: config, pool: x.UserPoolID, users: cognito.NewFromConfig(config, func(o *cognito.Options) {
		if x.CognitoURL != "" {
			o.BaseEndpoint = &x.CognitoURL
		}
	})}
	x.store = s3.NewFromConfig(config, func(o *s3.Options) {
		if s3URL != "" {
			o.BaseEndpoint = &s3URL
		}
		o.UsePathStyle = s3URL != "" || config.BaseEndpoint != nil
	})
}

func (a *administrator) credentials(ctx context.Context) (aws.Credentials, error) {
	return a.config.Credentials.Retrieve(ctx)
}

// makeUsers makes two users with new names.
func (a *administrator) makeUsers(ctx context.Context) ([]Login, error) {
	var logins []Login
	for range 2 {
		login := Login{"acceptance-" + random(), "aA1!" + rand.Text()}
		harness.Know("a password", login.Password)
		a.usernames = append(a.usernames, login.Username) // before the call, whose answer may be lost
		if err := harness.MakeUser(ctx, a.users, a.pool, login.Username, login.Password); err != nil {
			return nil, err
		}
		logins = append(logins, login)
	}
	return logins, nil
}

func (a *administrator) deleteUsers(ctx context.Context) error {
	var failed []error
	for _, username := range a.usernames {
		_, err := a.users.AdminDeleteUser(ctx, &cognito.AdminDeleteUserInput{UserPoolId: &a.pool, Username: &username})
		if gone := (*types.UserNotFoundException)(nil); err != nil && !errors.As(err, &gone) {
			failed = append(failed, fmt.Errorf("delete user %q: %w", username, err))
		}
	}
	return errors.Join(failed...)
}

// signIn signs a user in by SRP, which every stage allows. It refreshes once, to get the ID token too.
func (x *Target) signIn(ctx context.Context, username, password string) (User, error) {
	c, err := signin.New(signin.Config{
		Region: x.Region, UserPoolID: x.UserPoolID, AppClientID: x.AppClientID, Endpoint: x.CognitoURL, HTTPClient: x.HTTP,
	})
	if err != nil {
		return User{}, err
	}
	tokens, err := c.SignIn(ctx, username, password, firstFactor{})
	if err != nil {
		return User{}, err
	}
	user := User{Name: username, AccessToken: tokens.AccessToken, RefreshToken: tokens.RefreshToken, password: password}
	t := &Try{Target: x, ctx: ctx}
	a := t.run(Row{Attack: func(t *Try) harness.Answer { return t.refresh(tokens.RefreshToken) }})
	var out struct{ AuthenticationResult struct{ IdToken string } }
	if err := json.Unmarshal(a.Body, &out); err != nil || out.AuthenticationResult.IdToken == "" {
		return User{}, fmt.Errorf("refresh the tokens of %q: got status %d and no ID token", username, a.Status)
	}
	user.IDToken = out.AuthenticationResult.IdToken
	return user, nil
}

// firstFactor sets up TOTP for a user whom makeUsers made, if the user pool requires it.
type firstFactor struct{}

// NewPassword implements signin.Answers.
func (firstFactor) NewPassword(context.Context) (string, error) {
	return "", errors.New("the user has a temporary password: want a user who has chosen one")
}

// Code implements signin.Answers.
func (firstFactor) Code(_ context.Context, secret string) (string, error) {
	if secret == "" {
		return "", errors.New("the user has a second factor, but this program can't read its code: want a user without one")
	}
	return totp.GenerateCode(secret, time.Now())
}

func (x *Try) refresh(token string) harness.Answer {
	return x.idp("InitiateAuth", map[string]any{
		"AuthFlow": "REFRESH_TOKEN_AUTH", "ClientId": x.AppClientID, "AuthParameters": map[string]string{"REFRESH_TOKEN": token},
	})
}

// idp calls Cognito's API as any HTTP client can.
func (x *Try) idp(target string, in any) harness.Answer {
	body, err := json.Marshal(in)
	if err != nil {
		x.Fatal(err)
	}
	return x.do(http.MethodPost, x.CognitoURL, http.Header{
		"Content-Type": {"application/x-amz-json-1.1"}, "X-Amz-Target": {"AWSCognitoIdentityProviderService." + target},
	}, body)
}
