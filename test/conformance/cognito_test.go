//go:build conformance

package conformance

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	srp "github.com/alexrudd/cognito-srp/v4"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"example.com/presigned/local/cognito"
)

// accounts are what a client of the user pool is given: a user, and a newcomer with an administrator's password.
type accounts struct {
	Username    string `json:"username"`
	Password    string `json:"password"`
	Newcomer    string `json:"newcomer"`
	Temporary   string `json:"temporary"`
	Replacement string `json:"replacement"`
}

func newcomer(t *testing.T, name string) accounts {
	t.Helper()
	a := accounts{dev.Username, dev.Password, name, "Temporary-7-password", "Permanent-7-password"}
	if _, err := dev.Running.Pool.AddUser(a.Newcomer, a.Temporary, cognito.UserOptions{Temporary: true}); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTheUserPoolServesAmazonCognitoIdentityJS(t *testing.T) {
	judge(t, "Cognito: identity-js", told(t, command(t, "node", here("cognito/identity-js.mjs")), newcomer(t, "newcomer-js")))
}

func TestTheUserPoolServesPycognitoAndBoto3(t *testing.T) {
	judge(t, "Cognito: pycognito", told(t, command(t, python(), here("cognito/with_pycognito.py")), newcomer(t, "newcomer-py")))
}

// signInBySRP is the Go SDK with the SRP of a library beside it.
func signInBySRP(ctx context.Context, username, password string) (*types.AuthenticationResultType, error) {
	idp := cognitoidentityprovider.New(cognitoidentityprovider.Options{BaseEndpoint: &dev.CognitoURL, Region: dev.Region})
	proof, err := srp.NewCognitoSRP(username, password, dev.UserPoolID, dev.AppClientID, nil)
	if err != nil {
		return nil, err
	}
	start, err := idp.InitiateAuth(ctx, &cognitoidentityprovider.InitiateAuthInput{
		AuthFlow: types.AuthFlowTypeUserSrpAuth, ClientId: &dev.AppClientID, AuthParameters: proof.GetAuthParams(),
	})
	if err != nil {
		return nil, err
	}
	if start.ChallengeName != types.ChallengeNameTypePasswordVerifier {
		return nil, fmt.Errorf("challenge %q", start.ChallengeName)
	}
	responses, err := proof.PasswordVerifierChallenge(start.ChallengeParameters, time.Now())
	if err != nil {
		return nil, err
	}
	end, err := idp.RespondToAuthChallenge(ctx, &cognitoidentityprovider.RespondToAuthChallengeInput{
		ChallengeName: start.ChallengeName, ClientId: &dev.AppClientID, ChallengeResponses: responses, Session: start.Session,
	})
	if err != nil {
		return nil, err
	}
	return end.AuthenticationResult, nil
}

// srpRounds are so many that each number of the protocol begins with a zero byte in some: 1 in 256 does.
const srpRounds = 300

func TestTheUserPoolServesTheGoSDKWithAnotherSRP(t *testing.T) {
	got := checks{}
	for i := range srpRounds {
		username, password := fmt.Sprintf("rounds-%d", i), fmt.Sprintf("Pässword-%d ☺", i)
		if _, err := dev.Running.Pool.AddUser(username, password, cognito.UserOptions{}); err != nil {
			t.Fatal(err)
		}
		name, wrong := fmt.Sprintf("sign-in %d", i), ""
		if result, err := signInBySRP(t.Context(), username, password); err != nil {
			wrong = err.Error()
		} else if aws.ToString(result.AccessToken) == "" || aws.ToString(result.RefreshToken) == "" {
			wrong = "no tokens"
		}
		got.add(name, wrong)
	}
	_, err := signInBySRP(t.Context(), "rounds-0", "Pässword-1 ☺")
	var refused *types.NotAuthorizedException
	if got.add("wrong password", ""); !errors.As(err, &refused) {
		got.add("wrong password", fmt.Sprintf("got %v, want NotAuthorizedException", err))
	}
	judge(t, "Cognito: Go SDK", got)
}
