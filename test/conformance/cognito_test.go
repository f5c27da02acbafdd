//go:build conformance

package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	srp "github.com/alexrudd/cognito-srp/v4"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"example.com/presigned/local/cognito"
	"example.com/presigned/local/template"
	"example.com/presigned/test/harness"
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

// morningPool is a user pool at whose clock it is nine in the morning. The SRP library writes the time by a clock of twelve
// hours, without saying of which half of the day, and so signs in before one in the afternoon only, UTC
// (alexrudd/cognito-srp v4.1.0, cognitosrp.go:143). Another pool of the same template does not disturb the others.
type morningPool struct {
	*cognito.Pool
	url, appClient string
	ahead          time.Duration // of the real clock
}

func (p *morningPool) now() time.Time { return time.Now().Add(p.ahead) }

func startMorningPool(t *testing.T) *morningPool {
	t.Helper()
	tpl, err := template.Load(harness.Build("local-assembly"))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(nil)
	midnight := time.Now().UTC().Truncate(24 * time.Hour)
	p := &morningPool{url: "http://" + server.Listener.Addr().String(), ahead: time.Until(midnight.Add(9 * time.Hour))}
	if p.Pool, err = cognito.New(cognito.Config{Template: tpl, BaseURL: p.url, Clock: p.now}); err != nil {
		t.Fatal(err)
	}
	for _, c := range tpl.Resources("AWS::Cognito::UserPoolClient") {
		if p.appClient, err = tpl.String(map[string]any{"Ref": c.LogicalID}); err != nil {
			t.Fatal(err)
		}
	}
	server.Config.Handler = p.Handler()
	server.Start()
	t.Cleanup(server.Close)
	return p
}

// signInBySRP is the Go SDK with the SRP of a library beside it.
func (p *morningPool) signInBySRP(ctx context.Context, username, password string) (*types.AuthenticationResultType, error) {
	idp := cognitoidentityprovider.New(cognitoidentityprovider.Options{BaseEndpoint: &p.url, Region: dev.Region})
	proof, err := srp.NewCognitoSRP(username, password, p.ID(), p.appClient, nil)
	if err != nil {
		return nil, err
	}
	start, err := idp.InitiateAuth(ctx, &cognitoidentityprovider.InitiateAuthInput{
		AuthFlow: types.AuthFlowTypeUserSrpAuth, ClientId: &p.appClient, AuthParameters: proof.GetAuthParams(),
	})
	if err != nil {
		return nil, err
	}
	if start.ChallengeName != types.ChallengeNameTypePasswordVerifier {
		return nil, fmt.Errorf("challenge %q", start.ChallengeName)
	}
	responses, err := proof.PasswordVerifierChallenge(start.ChallengeParameters, p.now())
	if err != nil {
		return nil, err
	}
	end, err := idp.RespondToAuthChallenge(ctx, &cognitoidentityprovider.RespondToAuthChallengeInput{
		ChallengeName: start.ChallengeName, ClientId: &p.appClient, ChallengeResponses: responses, Session: start.Session,
	})
	if err != nil {
		return nil, err
	}
	return end.AuthenticationResult, nil
}

// srpRounds are so many that each number of the protocol begins with a zero byte in some: 1 in 256 does.
const srpRounds = 300

func TestTheUserPoolServesTheGoSDKWithAnotherSRP(t *testing.T) {
	pool, got := startMorningPool(t), checks{}
	for i := range srpRounds {
		username, password := fmt.Sprintf("rounds-%d", i), fmt.Sprintf("Pässword-%d ☺", i)
		if _, err := pool.AddUser(username, password, cognito.UserOptions{}); err != nil {
			t.Fatal(err)
		}
		name, wrong := fmt.Sprintf("sign-in %d", i), ""
		if result, err := pool.signInBySRP(t.Context(), username, password); err != nil {
			wrong = err.Error()
		} else if aws.ToString(result.AccessToken) == "" || aws.ToString(result.RefreshToken) == "" {
			wrong = "no tokens"
		}
		got.add(name, wrong)
	}
	_, err := pool.signInBySRP(t.Context(), "rounds-0", "Pässword-1 ☺")
	var refused *types.NotAuthorizedException
	if got.add("wrong password", ""); !errors.As(err, &refused) {
		got.add("wrong password", fmt.Sprintf("got %v, want NotAuthorizedException", err))
	}
	judge(t, "Cognito: Go SDK", got)
}
