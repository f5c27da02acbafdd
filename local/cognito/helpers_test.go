package cognito

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/aws/smithy-go"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"example.com/presigned/local/template"
)

type props = map[string]any

// resources is a template like the project's: a pool and a public client for SRP and refresh.
func resources() map[string]props {
	return map[string]props{
		"Users": {
			"AdminCreateUserConfig": props{"AllowAdminCreateUserOnly": true},
			"UsernameConfiguration": props{"CaseSensitive": false},
			"Policies":              props{"PasswordPolicy": props{"MinimumLength": 12, "RequireNumbers": true, "TemporaryPasswordValidityDays": 7}},
			"MfaConfiguration":      "OPTIONAL",
			"EnabledMfas":           []any{"SOFTWARE_TOKEN_MFA"},
		},
		"AppClient": {
			"UserPoolId":                 ref("Users"),
			"ExplicitAuthFlows":          []any{"ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH"},
			"PreventUserExistenceErrors": "ENABLED",
			"AccessTokenValidity":        15,
			"IdTokenValidity":            15,
			"RefreshTokenValidity":       1440,
			"TokenValidityUnits":         props{"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "minutes"},
		},
	}
}

func ref(id string) props { return props{"Ref": id} }

// load is the template of the resources. The type follows from the logical ID.
func load(t *testing.T, res map[string]props) *template.Template {
	t.Helper()
	all := map[string]props{}
	for id, p := range res {
		typ := map[bool]string{true: "AWS::Cognito::UserPoolClient", false: "AWS::Cognito::UserPool"}[strings.HasSuffix(id, "Client")]
		switch id {
		case "UploadScopes":
			typ = "AWS::Cognito::UserPoolResourceServer"
		case "Domain":
			typ = "AWS::Cognito::UserPoolDomain"
		case "Okta":
			typ = "AWS::Cognito::UserPoolIdentityProvider"
		}
		all[id] = props{"Type": typ, "Properties": p}
	}
	return assemble(t, all)
}

// assemble writes a cloud assembly and reads it.
func assemble(t *testing.T, all map[string]props) *template.Template {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, v any) {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("t.json", props{"Resources": all})
	write("manifest.json", props{"version": "48.0.0", "artifacts": props{"PresignedUploads-dev": props{
		"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region",
		"properties": props{"templateFile": "t.json"},
	}}})
	tmpl, err := template.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return tmpl
}

// testKeys are shared: making RSA keys for each test would take most of the time.
var testKeys = sync.OnceValue(NewKeys)

// fixture is a pool behind a server, with AWS's own SDK as its client.
type fixture struct {
	*testing.T
	pool   *Pool
	tmpl   *template.Template
	url    string
	sdk    *cip.Client
	client string // ID of AppClient
	now    *time.Time
}

const johnsPassword = "Correct-horse-1"

// serve starts a pool with the user johndoe.
func serve(t *testing.T, res map[string]props) *fixture {
	t.Helper()
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	f := &fixture{T: t, tmpl: load(t, res), now: &now}
	server := httptest.NewUnstartedServer(nil)
	f.url = "http://" + server.Listener.Addr().String()
	var err error
	f.pool, err = New(Config{
		Template: f.tmpl, BaseURL: f.url, Keys: testKeys(), Clock: func() time.Time { return *f.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = f.pool.Handler()
	server.Start()
	t.Cleanup(server.Close)
	f.sdk = cip.New(cip.Options{Region: "us-east-1", BaseEndpoint: &f.url, RetryMaxAttempts: 1, Credentials: aws.AnonymousCredentials{}})
	f.client, err = f.tmpl.String(ref("AppClient"))
	if err != nil {
		t.Fatal(err)
	}
	f.add("johndoe", UserOptions{})
	return f
}

func (f *fixture) add(username string, o UserOptions) {
	f.Helper()
	if _, err := f.pool.AddUser(username, johnsPassword, o); err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) pass(d time.Duration) { *f.now = f.now.Add(d) }

func (f *fixture) initiate(flow string, params map[string]string) (*cip.InitiateAuthOutput, error) {
	return f.sdk.InitiateAuth(context.Background(), &cip.InitiateAuthInput{
		AuthFlow: types.AuthFlowType(flow), ClientId: &f.client, AuthParameters: params,
	})
}

func (f *fixture) respond(challenge types.ChallengeNameType, session *string, params map[string]string) (*cip.RespondToAuthChallengeOutput, error) {
	return f.sdk.RespondToAuthChallenge(context.Background(), &cip.RespondToAuthChallengeInput{
		ChallengeName: challenge, ClientId: &f.client, Session: session, ChallengeResponses: params,
	})
}

func (f *fixture) password(username, password string) (*cip.InitiateAuthOutput, error) {
	return f.initiate("USER_PASSWORD_AUTH", map[string]string{"USERNAME": username, "PASSWORD": password})
}

// srp signs in with SRP; change may tamper with the proof.
func (f *fixture) srp(username, password string, change func(map[string]string)) (*cip.RespondToAuthChallengeOutput, error) {
	f.Helper()
	c := newSRPClient()
	first, err := f.initiate("USER_SRP_AUTH", map[string]string{"USERNAME": username, "SRP_A": c.public.Text(16)})
	if err != nil {
		return nil, err
	}
	proof := c.prove(f.pool.name(), password, f.now.UTC().Format(srpTime), first.ChallengeParameters)
	if change != nil {
		change(proof)
	}
	return f.respond("PASSWORD_VERIFIER", nil, proof)
}

// signIn returns the tokens of a sign-in that must succeed.
func (f *fixture) signIn(username string) *types.AuthenticationResultType {
	f.Helper()
	out, err := f.password(username, johnsPassword)
	if err != nil || out.AuthenticationResult == nil {
		f.Fatalf("sign in %q: got %v, %v", username, out, err)
	}
	return out.AuthenticationResult
}

func (f *fixture) refresh(token *string) (*cip.InitiateAuthOutput, error) {
	return f.initiate("REFRESH_TOKEN_AUTH", map[string]string{"REFRESH_TOKEN": *token})
}

// use calls an operation on the user's own account.
func (f *fixture) use(token *string) error {
	_, err := f.sdk.AssociateSoftwareToken(context.Background(), &cip.AssociateSoftwareTokenInput{AccessToken: token})
	return err
}

// claims are the claims of a token that one of the pool's keys has signed.
func (f *fixture) claims(token *string) (claims map[string]any) {
	f.Helper()
	parsed, err := jwt.ParseSigned(*token, []jose.SignatureAlgorithm{jose.RS256})
	if err == nil {
		err = parsed.Claims(f.pool.JWKS(), &claims)
	}
	if err != nil {
		f.Fatal(err)
	}
	return claims
}

// wantError checks an error's code and the beginning of its message; "" means no error.
func wantError(t *testing.T, what string, err error, want string) {
	t.Helper()
	got := ""
	if known := smithy.APIError(nil); errors.As(err, &known) {
		got = known.ErrorCode() + ": " + known.ErrorMessage()
	} else if err != nil { // of the Go API
		got = err.Error()
	}
	if want == "" && got != "" || !strings.HasPrefix(got, want) {
		t.Errorf("%s: got error %q, want %q", what, got, want)
	}
}

// with returns the template's resources with one property replaced; nil takes it away.
func with(id, property string, value any) map[string]props {
	res := resources()
	p := maps.Clone(res[id])
	if p == nil {
		p = props{}
	}
	p[property] = value
	if value == nil {
		delete(p, property)
	}
	res[id] = p
	return res
}
