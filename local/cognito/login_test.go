package cognito

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/pquerna/otp/totp"
)

// browser follows no redirect out of the pool.
func browser() *http.Client {
	return &http.Client{CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/callback" {
			return http.ErrUseLastResponse
		}
		return nil
	}}
}

// page opens the login form and submits it.
func (f *fixture) page(authURL string, form url.Values) (status int, location *url.URL, body string) {
	f.Helper()
	b := browser()
	shown, err := b.Get(authURL)
	if err != nil {
		f.Fatal(err)
	}
	shown.Body.Close()
	if shown.StatusCode != http.StatusOK {
		f.Fatalf("login page: got %s", shown.Status)
	}
	resp, err := b.PostForm(shown.Request.URL.String(), form)
	if err != nil {
		f.Fatal(err)
	}
	defer resp.Body.Close()
	data, _ := io.ReadAll(resp.Body)
	location, _ = resp.Location()
	return resp.StatusCode, location, string(data)
}

// hiddenSession is the form's session field.
func hiddenSession(body string) string {
	_, after, _ := strings.Cut(body, `name="session" value="`)
	value, _, _ := strings.Cut(after, `"`)
	return value
}

func TestThePageAsksForWhatIsMissing(t *testing.T) {
	f := serve(t, oauthPool())
	f.add("temp", UserOptions{Temporary: true})
	f.pool.users["temp"].totp = totpState{secret: "JBSWY3DPEHPK3PXP", enabled: true}
	authURL := f.codeFlow().AuthCodeURL("s")
	_, _, body := f.page(authURL, url.Values{"username": {"temp"}, "password": {johnsPassword}})
	_, _, body = f.page(authURL, url.Values{"session": {hiddenSession(body)}, "challenge": {"NEW_PASSWORD_REQUIRED"}, "new_password": {"Better-horse-22"}})
	if !strings.Contains(body, "authenticator app") {
		t.Fatalf("got %s", body)
	}
	code, err := totp.GenerateCode("JBSWY3DPEHPK3PXP", *f.now)
	if err != nil {
		t.Fatal(err)
	}
	status, location, body := f.page(authURL, url.Values{"session": {hiddenSession(body)}, "challenge": {"SOFTWARE_TOKEN_MFA"}, "code": {code}})
	if location == nil || location.Query().Get("code") == "" {
		t.Errorf("got %d %s", status, body)
	}
}

func TestASlowFormKeepsNobodyElseOut(t *testing.T) {
	f := serve(t, oauthPool())
	shown, err := browser().Get(f.codeFlow().AuthCodeURL("s"))
	if err != nil {
		t.Fatal(err)
	}
	shown.Body.Close()
	conn, err := net.Dial("tcp", shown.Request.URL.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\n"+
		"Content-Length: 10\r\nExpect: 100-continue\r\n\r\n", shown.Request.URL.RequestURI(), shown.Request.URL.Host)
	if err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.Contains(line, "100") {
		t.Fatalf("got %q, %v, want the form to be waited for", line, err) // the server says so when it reads the body
	}
	f.signIn("johndoe")
}

func TestThePageNeverRedirectsToStrangers(t *testing.T) {
	f := serve(t, oauthPool())
	for _, tt := range []struct {
		name, change, to string
		status           int
		location         string
	}{
		{"unknown client", "client_id", "unknown", http.StatusBadRequest, ""},
		{"other redirect URI", "redirect_uri", "http://evil.example/callback", http.StatusBadRequest, ""},
		{"implicit flow", "response_type", "token", http.StatusFound, callback + "?error=unsupported_response_type"},
		{"scope not allowed", "scope", "uploads/read", http.StatusFound, callback + "?error=invalid_scope"},
		{"plain PKCE", "code_challenge", "x", http.StatusFound, callback + "?error=invalid_request"},
	} {
		u, err := url.Parse(f.codeFlow().AuthCodeURL(""))
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		q.Set(tt.change, tt.to)
		u.RawQuery = q.Encode()
		resp, err := browser().Get(u.String())
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != tt.status || resp.Header.Get("Location") != tt.location {
			t.Errorf("%s: got %d to %q, want %d to %q", tt.name, resp.StatusCode, resp.Header.Get("Location"), tt.status, tt.location)
		}
	}
	for to, want := range map[string]int{"http://localhost/": http.StatusFound, "http://evil.example/": http.StatusBadRequest} {
		resp, err := http.DefaultTransport.RoundTrip(httpGet(t, f.url+"/logout?client_id="+f.client+"&logout_uri="+url.QueryEscape(to)))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("logout to %s: got %d, want %d", to, resp.StatusCode, want)
		}
	}
}

func httpGet(t *testing.T, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAnotherSiteCannotSubmitTheForm(t *testing.T) {
	f := serve(t, oauthPool())
	login := strings.Replace(f.codeFlow().AuthCodeURL(""), "/oauth2/authorize", "/login", 1)
	r, err := http.NewRequest(http.MethodPost, login, strings.NewReader(url.Values{"username": {"johndoe"}, "password": {johnsPassword}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("got %s, want 403", resp.Status)
	}
}
