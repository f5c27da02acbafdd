package cognito

import (
	"errors"
	"math/big"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/aws/smithy-go"
	"github.com/pquerna/otp/totp"

	"example.com/presigned/local/template"
)

// What users and administrators may do is proven by test/conformance (amazon-cognito-identity-js, pycognito), web/e2e
// (Amplify) and the command line's own tests. Here is what the pool refuses, and no client of those sends.

// testKeys are shared, because making RSA keys for each test would take most of the time.
var testKeys = sync.OnceValue(NewKeys)

const password = "Correct-horse-1"

// served is a pool behind a server.
type served struct {
	*Pool
	t             *testing.T
	url           string
	user, machine *client // an app client of each kind
	now           time.Time
}

// serve serves the pool of an assembly that `make test` synthesizes.
func serve(t *testing.T, assembly string) *served {
	t.Helper()
	tpl, err := template.Load("../../build/" + assembly)
	if err != nil {
		t.Fatal(err)
	}
	s := &served{t: t, now: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}
	server := httptest.NewUnstartedServer(nil)
	s.url = "http://" + server.Listener.Addr().String()
	s.Pool, err = New(Config{
		Template: tpl, BaseURL: s.url, Keys: testKeys(), Clock: func() time.Time { return s.now },
		Admin: aws.Credentials{AccessKeyID: "AKIAADMIN", SecretAccessKey: "secret"},
	})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = s.Handler()
	server.Start()
	t.Cleanup(server.Close)
	for _, c := range s.clients {
		if c.secret == "" {
			s.user = c
		} else {
			s.machine = c
		}
	}
	if err := s.AddUser("johndoe", password, false); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *served) sdk(accessKeyID, secret string) *cip.Client {
	return cip.New(cip.Options{
		Region: "us-east-1", BaseEndpoint: &s.url, RetryMaxAttempts: 1, Credentials: credentials.NewStaticCredentialsProvider(accessKeyID, secret, ""),
	})
}

func (s *served) initiate(flow string, parameters map[string]string) (*cip.InitiateAuthOutput, error) {
	return s.sdk("", "").InitiateAuth(s.t.Context(), &cip.InitiateAuthInput{
		AuthFlow: types.AuthFlowType(flow), ClientId: &s.user.id, AuthParameters: parameters,
	})
}

// wantError checks an error's code and the beginning of its message; "" means no error.
func wantError(t *testing.T, what string, err error, want string) {
	t.Helper()
	got := ""
	if known := smithy.APIError(nil); errors.As(err, &known) {
		got = known.ErrorCode() + ": " + known.ErrorMessage()
	} else if err != nil {
		got = err.Error()
	}
	if want == "" && got != "" || !strings.HasPrefix(got, want) {
		t.Errorf("%s: got error %q, want %q", what, got, want)
	}
}

func TestASignInThatIsNotAllowedIsRefused(t *testing.T) {
	s := serve(t, "local-assembly")
	signedIn, err := s.initiate("USER_PASSWORD_AUTH", map[string]string{"USERNAME": "JohnDoe", "PASSWORD": password}) // the pool ignores case
	if err != nil {
		t.Fatal(err)
	}
	refresh := map[string]string{"REFRESH_TOKEN": *signedIn.AuthenticationResult.RefreshToken}
	for _, c := range []struct {
		flow       string
		parameters map[string]string
		want       string
	}{
		{"USER_PASSWORD_AUTH", map[string]string{"USERNAME": "johndoe"}, "InvalidParameterException: Missing required parameter PASSWORD"},
		{"USER_PASSWORD_AUTH", map[string]string{"USERNAME": "johndoe", "PASSWORD": "wrong"}, "NotAuthorizedException: Incorrect username or password."},
		{"USER_PASSWORD_AUTH", map[string]string{"USERNAME": "nobody", "PASSWORD": password}, "NotAuthorizedException: Incorrect username or password."},
		{"CUSTOM_AUTH", nil, "InvalidParameterException: CUSTOM_AUTH flow not enabled"},
		{"USER_SRP_AUTH", map[string]string{"USERNAME": "johndoe", "SRP_A": "0"}, "InvalidParameterException: Invalid SRP_A"},
		{"REFRESH_TOKEN_AUTH", refresh, ""},
		{"REFRESH_TOKEN_AUTH", map[string]string{"REFRESH_TOKEN": *signedIn.AuthenticationResult.AccessToken}, "NotAuthorizedException: Invalid Refresh Token"},
	} {
		_, err := s.initiate(c.flow, c.parameters)
		wantError(t, c.flow, err, c.want)
	}
	s.now = s.now.Add(s.user.refreshLife)
	_, err = s.initiate("REFRESH_TOKEN_AUTH", refresh)
	wantError(t, "a refresh token at its end", err, "NotAuthorizedException: Invalid Refresh Token")
}

func TestAChallengeIsAnsweredOnceByItsUserInTime(t *testing.T) {
	s := serve(t, "local-assembly")
	if err := s.AddUser("newcomer", password, true); err != nil {
		t.Fatal(err)
	}
	begin := func() *string {
		asked, err := s.initiate("USER_PASSWORD_AUTH", map[string]string{"USERNAME": "newcomer", "PASSWORD": password})
		if err != nil {
			t.Fatal(err)
		}
		return asked.Session
	}
	answer := func(session *string, name types.ChallengeNameType, username, password string) error {
		_, err := s.sdk("", "").RespondToAuthChallenge(t.Context(), &cip.RespondToAuthChallengeInput{
			ChallengeName: name, ClientId: &s.user.id, Session: session,
			ChallengeResponses: map[string]string{"USERNAME": username, "NEW_PASSWORD": password},
		})
		return err
	}
	const required, invalid = types.ChallengeNameTypeNewPasswordRequired, "NotAuthorizedException: Invalid session"
	late := begin()
	s.now = s.now.Add(challengeLife)
	wantError(t, "late", answer(late, required, "newcomer", "Better-horse-22"), invalid)
	session := begin()
	wantError(t, "another user", answer(session, required, "johndoe", "Better-horse-22"), invalid)
	wantError(t, "another challenge", answer(session, types.ChallengeNameTypeSoftwareTokenMfa, "newcomer", "Better-horse-22"), invalid)
	for _, refused := range []string{"Short-1", "no-uppercase-1", "NO-LOWERCASE-1", "No-Number-Here", "NoSymbol12345"} {
		wantError(t, refused, answer(session, required, "newcomer", refused), "InvalidPasswordException")
	}
	wantError(t, "the session outlives a refused password", answer(session, required, "newcomer", "Better-horse-22"), "")
	wantError(t, "again", answer(session, required, "newcomer", "Better-horse-22"), invalid)
}

func TestACodeServesOnce(t *testing.T) {
	app, now := authenticatorApp{secret: "JBSWY3DPEHPK3PXP"}, time.Unix(1772600767, 0)
	for _, c := range []struct {
		offset time.Duration
		want   string
	}{
		{-time.Minute, "CodeMismatchException"}, {time.Minute, "CodeMismatchException"},
		{0, ""}, {0, "ExpiredCodeException"}, {-30 * time.Second, "ExpiredCodeException"}, {30 * time.Second, ""},
	} {
		code, err := totp.GenerateCode(app.secret, now.Add(c.offset))
		if err != nil {
			t.Fatal(err)
		}
		wantError(t, "code of "+c.offset.String(), app.accept(code, now), c.want)
	}
}

func TestValuesOfAThatGiveTheSecretAwayAreRefused(t *testing.T) {
	n := srp3072().n
	for name, a := range map[string]string{
		"zero": "0", "the modulus": n.Text(16), "its double": new(big.Int).Lsh(n, 1).Text(16),
		"not hexadecimal": "xyz", "negative": "-1",
	} {
		if _, err := parseSRPA(a); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}
