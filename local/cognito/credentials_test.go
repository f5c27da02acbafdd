package cognito

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
)

func TestOnlyTheAdministratorAdministers(t *testing.T) {
	s := serve(t, "local-assembly")
	for _, c := range []struct{ key, secret, want string }{
		{"AKIAADMIN", "wrong", "InvalidSignatureException"}, {"AKIAOTHER", "secret", "InvalidSignatureException"}, {"AKIAADMIN", "secret", ""},
	} {
		_, err := s.sdk(c.key, c.secret).AdminDeleteUser(t.Context(), &cip.AdminDeleteUserInput{UserPoolId: &s.id, Username: aws.String("johndoe")})
		wantError(t, c.key+" "+c.secret, err, c.want)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url, strings.NewReader(`{"Username": "johndoe"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Amz-Target", targetPrefix+"AdminDeleteUser")
	if got := exchange(t, request); !strings.Contains(got, "MissingAuthenticationTokenException") {
		t.Errorf("without a signature: got %s", got)
	}
}

func exchange(t *testing.T, request *http.Request) string {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(body))
}

func TestAMachineGetsATokenForItsOwnScopesOnly(t *testing.T) {
	s := serve(t, "bounded-assembly")
	for _, c := range []struct {
		name    string
		changes url.Values
		want    string
	}{
		{"its own scopes", nil, ""},
		{"one of its scopes", url.Values{"scope": {"uploads/write"}}, ""},
		{"password grant", url.Values{"grant_type": {"password"}}, "unsupported_grant_type"},
		{"wrong secret", url.Values{"client_secret": {"wrong"}}, "invalid_client"},
		{"unknown client", url.Values{"client_id": {"unknown"}}, "invalid_client"},
		{"a user's app client", url.Values{"client_id": {s.user.id}, "client_secret": {""}}, "unauthorized_client"},
		{"a user's scope", url.Values{"scope": {userScope}}, "invalid_scope"},
	} {
		form := url.Values{"grant_type": {"client_credentials"}, "client_id": {s.machine.id}, "client_secret": {s.machine.secret}}
		for name, values := range c.changes {
			form[name] = values
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/oauth2/token", strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		var got struct {
			Error       string
			AccessToken string `json:"access_token"`
		}
		if text := exchange(t, request); json.Unmarshal([]byte(text), &got) != nil || got.Error != c.want || (got.AccessToken == "") != (c.want != "") {
			t.Errorf("%s: got %s, want %q", c.name, text, c.want)
		}
	}
}
