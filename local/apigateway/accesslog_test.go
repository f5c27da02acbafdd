package apigateway_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestTheAccessLogHasTheTemplatesFormat(t *testing.T) {
	p := &pool{issuer: "https://issuer.example/pool"}
	var log bytes.Buffer
	api := setup{pool: p, log: &log}.api(t)
	token := "Authorization: " + p.token(t, claims{"username": `quo"te`})
	for _, tc := range []struct {
		name string
		send func() string // returns the request ID
		want map[string]string
	}{
		{"answered", func() string { return send(api, "POST", "/v1/signed", "{}", token).Header.Get("x-amzn-RequestId") },
			map[string]string{"method": "POST", "resource": "/signed", "status": "200", "caller": `quo"te`, "latencyMs": "0", "integration": "200", "bytes": "5", "error": "-", "message": "-"}},
		{"refused", func() string { return send(api, "POST", "/v1/signed", "{}").Header.Get("x-amzn-RequestId") },
			map[string]string{"method": "POST", "resource": "/signed", "status": "401", "caller": "-", "latencyMs": "0", "integration": "-", "bytes": "111", "error": "UNAUTHORIZED", "message": "Unauthorized"}},
		{"no resource", func() string { return send(api, "GET", "/v1/none", "").Header.Get("x-amzn-RequestId") },
			map[string]string{"method": "GET", "resource": "-", "status": "403", "caller": "-", "latencyMs": "0", "integration": "-", "bytes": "78", "error": "MISSING_AUTHENTICATION_TOKEN", "message": "Missing Authentication Token"}},
	} {
		log.Reset()
		tc.want["requestId"] = tc.send()
		var got map[string]string
		if err := json.Unmarshal(log.Bytes(), &got); err != nil || !strings.HasSuffix(log.String(), "}\n") {
			t.Errorf("%s: %q is no line of JSON: %v", tc.name, log.String(), err)
		}
		for name, want := range tc.want {
			if got[name] != want {
				t.Errorf("%s: %s %q, want %q", tc.name, name, got[name], want)
			}
		}
	}
	log.Reset()
	if send(api, "GET", "/other/none", ""); log.Len() > 0 {
		t.Errorf("a request to no stage is logged: %s", &log)
	}
}

func TestNoTokenIsInTheAccessLog(t *testing.T) {
	p := &pool{issuer: "https://issuer.example/pool"}
	var log bytes.Buffer
	token := p.token(t, nil)
	send(setup{pool: p, log: &log}.api(t), "POST", "/v1/signed", "{}", "Authorization: "+token)
	if strings.Contains(log.String(), token) {
		t.Error("it is")
	}
}
