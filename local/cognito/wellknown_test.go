package cognito

import (
	"context"
	"net/http"
	"testing"
)

func TestUserInfoWantsTheScopeOpenID(t *testing.T) {
	f := serve(t, oauthPool())
	r := httpGet(t, f.url+"/oauth2/userInfo")
	r.Header.Set("Authorization", "Bearer "+*f.signIn("johndoe").AccessToken)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("got %s, want 401", resp.Status)
	}
}

func TestWithoutADomainThereIsNoOAuth(t *testing.T) {
	res := oauthPool()
	delete(res, "Domain")
	f := serve(t, res)
	if _, err := f.machine().Token(context.Background()); err == nil {
		t.Error("got a token")
	}
}
