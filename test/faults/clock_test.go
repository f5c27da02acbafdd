package faults

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/presigned/client"
	"example.com/presigned/client/signin"
	"example.com/presigned/lambda/presigner"
)

const skew = 10 * time.Minute

// The client's clock may be wrong: it gets expiries in seconds from now, and asks the server for the rest.
func TestAClientWhoseClockIsWrongSeesNoDifference(t *testing.T) {
	for name, off := range map[string]time.Duration{"10 minutes slow": -skew, "10 minutes fast": skew} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := func() time.Time { return time.Now().Add(off) }
			r := shared.rig(t, func(c *client.Config) { c.Clock = clock })
			pool := r.pool(clock)
			tokens, err := pool.SignIn(t.Context(), shared.Username, shared.Password, nil)
			if err != nil {
				t.Fatal(err)
			}
			if life := tokens.ExpiresAt.Sub(clock()); life < 59*time.Minute || life > time.Hour {
				t.Errorf("the token is good for %s by the client's clock, want an hour", life)
			}
			if _, err := pool.Refresh(t.Context(), tokens.RefreshToken); err != nil {
				t.Error(err)
			}
			r.story()
		})
	}
}

func (r *rig) pool(clock func() time.Time) *signin.Client {
	r.t.Helper()
	c, err := signin.New(signin.Config{
		Region: r.w.Region, UserPoolID: r.w.UserPoolID, AppClientID: r.w.AppClientID, Endpoint: r.w.CognitoURL,
		HTTPClient: r.Config.HTTPClient, Clock: clock,
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// The function's clock may not be wrong: it is part of the signature. S3 refuses, the user gets S3's message,
// and nothing is stored. S3 takes a URL from the near future.
func TestAFunctionWhoseClockIsWrongIsRefusedByS3(t *testing.T) {
	for _, row := range []struct {
		name string
		off  time.Duration
		want string // "" is no error
	}{
		{"10 minutes slow", -skew, "has expired"},
		{"10 minutes fast", skew, ""}, // S3 lets a clock be 15 minutes off; the local gateway takes any time to come
		{"1 minute slow", -time.Minute, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r := shared.rig(t, func(c *client.Config) { c.Tries = 3 })
			r.api.gate.always(r.signerAt(func() time.Time { return time.Now().Add(row.off) }))
			r.file("small", content(1, smallBytes))
			r.file("multi", content(2, multiBytes))
			stored := 0
			for _, name := range []string{"small", "multi"} {
				_, err := r.upload(t.Context(), name)
				if row.want == "" && err == nil {
					stored++
				} else if err == nil || !strings.Contains(strings.ToLower(err.Error()), row.want) || row.want == "" {
					t.Errorf("%s: got %v, want %q", name, err, row.want)
				}
			}
			r.sound(stored)
		})
	}
}

// signerAt answers as the upload function does whose machine has that clock. The process that the stack runs has this
// machine's, which no test may move.
func (r *rig) signerAt(clock func() time.Time) act {
	r.t.Helper()
	creds, err := r.w.Running.Session(r.t.Context(), "UploadSigner")
	if err != nil {
		r.t.Fatal(err)
	}
	cfg, err := presigner.ConfigFromEnv(func(name string) string {
		return map[string]string{
			"AWS_REGION": r.w.Region, "BUCKET": r.w.Bucket, "CLIENT_IDS": r.w.AppClientID, "CONTENT_TYPES": "*/*",
			"OPERATIONS": "putObject,createMultipartUpload,uploadPart,listParts,completeMultipartUpload,abortMultipartUpload",
			"PART_BYTES": "8388608", "MAX_BATCH": "100", "AWS_ENDPOINT_URL_S3": r.w.S3URL,
			"AWS_ACCESS_KEY_ID": creds.AccessKeyID, "AWS_SECRET_ACCESS_KEY": creds.SecretAccessKey, "AWS_SESSION_TOKEN": creds.SessionToken,
		}[name]
	})
	if err != nil {
		r.t.Fatal(err)
	}
	h, err := presigner.New(cfg, nil, clock, io.Discard)
	if err != nil {
		r.t.Fatal(err)
	}
	return func(w http.ResponseWriter, q *http.Request, _ http.Handler) {
		body, _ := io.ReadAll(q.Body)
		event, _ := json.Marshal(map[string]any{"body": string(body), "requestContext": map[string]any{
			"authorizer": map[string]any{"claims": r.w.Claims(r.user)},
		}})
		out, err := h.Invoke(q.Context(), event)
		var answer struct {
			StatusCode int
			Body       string
		}
		if err != nil || json.NewDecoder(bytes.NewReader(out)).Decode(&answer) != nil {
			hangUp(w)
			return
		}
		w.WriteHeader(answer.StatusCode)
		_, _ = io.WriteString(w, answer.Body)
	}
}
