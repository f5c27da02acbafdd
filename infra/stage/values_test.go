package stage_test

import (
	"maps"
	"strings"
	"testing"
)

func TestOriginsAreExactlyWhatBrowsersSend(t *testing.T) {
	for _, tt := range []struct {
		origin     string
		production bool
		want       string // part of the refusal; "" for none
	}{
		{"https://app.example.com", true, ""},
		{"https://app.example.com:8443", true, ""},
		{"https://xn--bcher-kva.example", true, ""},
		{"http://localhost:*", false, ""},
		{"http://localhost:5173", false, ""},
		{"https://app.example.com:443", true, "want no :443"},
		{"http://localhost:80", false, "want no :80"},
		{"https://app.example.com:", true, "want"},
		{"https://app.example.com:0443", true, "want"},
		{"https://app.example.com:80", true, ""},
		{"http://localhost:*", true, "want https:// origins in production"},
		{"http://localhost:5173", true, "want https"},
		{"*", false, "a wildcard lets any page call"},
		{"*", true, "a wildcard lets any page call"},
		{"https://*.example.com", true, "a wildcard lets any page call"},
		{"https://localhost:*", false, "a wildcard lets any page call"},
		{"http://app.example.com", false, "want https"},
		{"http://localhost.example.com", false, "want https"},
		{"https://app.example.com/", true, "without a slash at the end"},
		{"https://App.example.com", true, "small letters"},
		{"https://user@app.example.com", true, "scheme, host"},
		{"https://app.example.com?x", true, "scheme, host"},
		{"https://bücher.example", true, "punycode"},
		{`https://a"b.example`, true, "want"},
		{"https://a,b.example", true, "want"},
		{"app.example.com", true, "want https://host"},
		{"null", true, "want https://host"},
		{"", true, "want https://host"},
		{"file:///", true, "want https://host"},
	} {
		_, err := parsed(map[string]any{"production": tt.production, "allowedOrigins": []any{tt.origin}})
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%q, production %v: %v", tt.origin, tt.production, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%q, production %v: got %v, want %q", tt.origin, tt.production, err, tt.want)
		}
	}
}

// pool is a stage with an existing user pool, changed.
func pool(changes map[string]any) map[string]any {
	entry := map[string]any{
		"userPoolArn":  "arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_AbCdEfGhI",
		"appClientIds": []any{"1h57kf5cpq17m0eml12example"},
	}
	maps.Copy(entry, changes)
	return entry
}

func TestEverythingWrongIsReportedAtOnce(t *testing.T) {
	_, err := parsed(map[string]any{"mfa": "sms", "throttleRate": 0, "allowedOrigins": []any{"*"}})
	for _, want := range []string{"mfa", "throttleRate", "allowedOrigins"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to name %s", err, want)
		}
	}
}
