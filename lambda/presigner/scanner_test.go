package presigner

import (
	"encoding/json"
	"testing"
)

// FuzzEventAsWritten: an event of any text in any place reads back as it was written, whatever the encoder escapes.
func FuzzEventAsWritten(f *testing.F) {
	f.Add("{}", "https://app.example.com", "johndoe", "other", false)
	f.Add(`{"a":"\"}`, `\"`, `"},"username":"alice`, `]}`, true)
	f.Add("\x00\n\\", "\u2028\U0001F600", "\xff\ufffd", `\\\"`, true)
	f.Fuzz(func(t *testing.T, body, origin, username, other string, isBase64 bool) {
		written := map[string]any{
			"body": body, "isBase64Encoded": isBase64, other + "!": []any{other, 1.5e3, nil, map[string]any{other: true}},
			"headers":           map[string]any{other + "!": other, "oRiGiN": origin},
			"multiValueHeaders": map[string]any{"origin": []string{other}},
			"requestContext": map[string]any{
				"requestId": "r", "identity": nil, other + "!": map[string]any{"requestId": other},
				"authorizer": map[string]any{"claims": map[string]any{"username": username, "client_id": origin, "Username": other, "token_use": "access"}},
			},
		}
		payload, err := json.Marshal(written)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decodeEvent(payload)
		if err != nil {
			t.Fatalf("%s: %v", payload, err)
		}
		want := event{
			body: asJSON(t, body), isBase64: isBase64, origin: asJSON(t, origin), requestID: "r",
			claims: claims{tokenUse: "access", username: asJSON(t, username), clientID: asJSON(t, origin)},
		}
		if got != want {
			t.Errorf("got %+v, want %+v\n%s", got, want, payload)
		}
	})
}

// asJSON is what is left of a text that is no valid UTF-8 when it goes through JSON.
func asJSON(t *testing.T, text string) (read string) {
	t.Helper()
	written, err := json.Marshal(text)
	if err == nil {
		err = json.Unmarshal(written, &read)
	}
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func TestAnEventOfAnotherShapeIsRefused(t *testing.T) {
	for _, payload := range []string{
		``, ` `, `[]`, `"body"`, `1`, `{`, `{"body"`, `{"body":`, `{"body":"`, `{"body":"a\"}`, `{"body":"a"`, `{"body":"a"}}`, `{"body":"a"} x`,
		`{"body":1}`, `{"body":{}}`, `{"body":nil}`, `{"isBase64Encoded":"true"}`, `{"isBase64Encoded":1}`, `{"headers":[]}`, `{"headers":{"origin":["a"]}}`,
		`{"requestContext":"a"}`, `{"requestContext":{"requestId":1}}`, `{"requestContext":{"authorizer":{"claims":"a"}}}`,
		`{"requestContext":{"authorizer":{"claims":{"username":1}}}}`, `{"requestContext":{"authorizer":{"claims":{"username":{"a":"b"}}}}}`,
		`{"other":[`, `{"other":[1,2}`, `{body:"a"}`, `{"body":"\x"}`, "{\"body\":\"a\nb\"}",
	} {
		if e, err := decodeEvent([]byte(payload)); err == nil {
			t.Errorf("%s: got %+v, want an error", payload, e)
		}
	}
}

func TestWhatAnEventLeavesOutIsEmpty(t *testing.T) {
	for _, payload := range []string{
		`null`, `{}`, ` { } `, `{"body":null,"isBase64Encoded":null,"headers":null,"requestContext":null}`,
		`{"requestContext":{"authorizer":null}}`, `{"requestContext":{"authorizer":{"claims":null,"scopes":["a"]}}}`,
	} {
		if e, err := decodeEvent([]byte(payload)); err != nil || e != (event{}) {
			t.Errorf("%s: got %+v, %v, want nothing", payload, e, err)
		}
	}
}
