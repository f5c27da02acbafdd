package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"example.com/presigned/test/harness"
)

// attempt is one attack: what an attacker with an account of their own tries, and the answer that it must get.
type attempt struct {
	name   string
	try    func(ctx context.Context, a attacker) (harness.Answer, error)
	status int
	code   string
}

// attacker is a user who knows the key of another.
type attacker struct {
	*user
	victim *user
	key    string // of the victim
}

// attack draws one of the attempts, and wants exactly its refusal.
func attack(ctx context.Context, u *user) error {
	victim, o := u.another()
	if o == nil {
		return nil
	}
	list := append(onEndpoints(), onStore()...)
	chosen := list[u.random.IntN(len(list))]
	a, err := chosen.try(ctx, attacker{u, victim, o.Key})
	if err == nil {
		err = u.world.refused(a, chosen.status, chosen.code)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", chosen.name, err)
	}
	return nil
}

func (w *world) refused(a harness.Answer, status int, code string) error {
	w.results.attacks.Add(1)
	w.refusal(a.Body)
	if a.Status != status || a.Code() != code {
		return fmt.Errorf("got %d %q, want %d %q: %.500s", a.Status, a.Code(), status, code, a.Body)
	}
	return nil
}

// onEndpoints are attacks on the API and the user pool.
func onEndpoints() []attempt {
	withToken := func(make func(a attacker, good string) (string, error)) func(context.Context, attacker) (harness.Answer, error) {
		return func(ctx context.Context, a attacker) (harness.Answer, error) {
			good, err := a.token(ctx)
			if err != nil {
				return harness.Answer{}, err
			}
			bad, err := make(a, good)
			if err != nil {
				return harness.Answer{}, err
			}
			return harness.AskAs(ctx, a.world.server.DownloadURL, bad, keyed(a.key))
		}
	}
	asks := func(upload bool, body func(a attacker) string) func(context.Context, attacker) (harness.Answer, error) {
		return func(ctx context.Context, a attacker) (harness.Answer, error) {
			token, err := a.token(ctx)
			if err != nil {
				return harness.Answer{}, err
			}
			to := a.world.server.DownloadURL
			if upload {
				to = a.world.server.UploadURL
			}
			return harness.AskAs(ctx, to, token, body(a))
		}
	}
	return []attempt{
		{"no token", withToken(func(attacker, string) (string, error) { return "", nil }), 401, "Unauthorized"},
		{"garbage for a token", withToken(func(attacker, string) (string, error) { return "a.b.c", nil }), 401, "Unauthorized"},
		{"a token signed by nobody", withToken(func(a attacker, good string) (string, error) { return unsigned(good, a.victim.name) }), 401, "Unauthorized"},
		{"a token with other claims", withToken(func(a attacker, good string) (string, error) { return renamed(good, a.victim.name) }), 401, "Unauthorized"},
		{"a token of another pool", withToken(func(a attacker, good string) (string, error) { return a.world.forger.sign(good, a.victim.name) }), 401, "Unauthorized"},
		{"a refresh token for a token", withToken(func(a attacker, _ string) (string, error) { return a.tokens.RefreshToken, nil }), 401, "Unauthorized"},
		{"another user's object", asks(false, func(a attacker) string { return keyed(a.key) }), 403, "KeyOutsidePrefix"},
		{"a part of another user's object", asks(true, func(a attacker) string {
			return fmt.Sprintf(`{"operation":"uploadPart","key":%q,"uploadId":"u","partNumber":1,"contentLength":1}`, a.key)
		}), 403, "KeyOutsidePrefix"},
		{"another user's name", asks(true, func(a attacker) string { return fmt.Sprintf(`{"username":%q}`, a.victim.name) }), 403, "UsernameMismatch"},
		{"an unknown field", asks(true, func(attacker) string { return `{"bucket":"mine"}` }), 400, "BadRequestBody"},
		{"a read on the upload route", asks(true, func(a attacker) string {
			return fmt.Sprintf(`{"operation":"getObject","key":%q}`, a.key)
		}), 403, "OperationNotEnabled"},
		{"a wrong password", wrongPassword, 400, "NotAuthorizedException"},
	}
}

func keyed(key string) string {
	text, _ := json.Marshal(map[string]string{"key": key}) // strings always marshal
	return string(text)
}

// wrongPassword tries one on a user who does not exist, which must not show; on the victim, it would lock that one out.
func wrongPassword(ctx context.Context, a attacker) (harness.Answer, error) {
	_, err := a.pool.SignIn(refusable(ctx), a.victim.name+"-", "Load-7-"+a.name, nil)
	if err := cognitoRefuses(err); err != nil {
		return harness.Answer{}, err
	}
	return harness.Answer{Status: 400, Body: []byte(`{"code":"NotAuthorizedException"}`)}, nil
}

const content = "nineteen bytes here"

// onStore are attacks on S3: a granted request, tampered with, and requests without a signature.
func onStore() []attempt {
	header := func(name, value string) func(context.Context, attacker) (harness.Answer, error) {
		return tampered(func(_ attacker, r *harness.Request) {
			if r.Header.Set(name, value); value == "" {
				r.Header.Del(name)
			}
		})
	}
	body := func(text string) func(context.Context, attacker) (harness.Answer, error) {
		return tampered(func(_ attacker, r *harness.Request) { r.Body = []byte(text) })
	}
	plain := func(method string, path func(a attacker) string) func(context.Context, attacker) (harness.Answer, error) {
		return func(ctx context.Context, a attacker) (harness.Answer, error) {
			s := a.world.server
			return harness.Exchange(ctx, method, s.S3URL+"/"+s.Bucket+path(a), http.Header{}, nil)
		}
	}
	object := func(a attacker) string { return "/" + a.key }
	return []attempt{
		{"another content type", header("Content-Type", "text/html"), 403, "SignatureDoesNotMatch"},
		{"no If-None-Match", header("If-None-Match", ""), 403, "SignatureDoesNotMatch"},
		{"a checksum left off", header("X-Amz-Checksum-Sha256", ""), 403, "SignatureDoesNotMatch"},
		{"an ACL", header("X-Amz-Acl", "public-read"), 403, "AccessDenied"},
		{"a longer body", body(content + "!"), 403, "SignatureDoesNotMatch"},
		{"a shorter body", body(content[1:]), 403, "SignatureDoesNotMatch"},
		{"other content of the same length", body(strings.ToUpper(content)), 400, "BadDigest"},
		{"a DELETE", tampered(func(_ attacker, r *harness.Request) { r.Method = "DELETE" }), 403, "SignatureDoesNotMatch"},
		{"a PUT to another user's key", tampered(func(a attacker, r *harness.Request) { r.URL = moved(r.URL, a) }), 403, "SignatureDoesNotMatch"},
		{"a used URL", replayed, 412, "PreconditionFailed"},
		{"an expired URL", expired, 403, "AccessDenied"},
		{"read without a signature", plain("GET", object), 403, "AccessDenied"},
		{"delete without a signature", plain("DELETE", object), 403, "AccessDenied"},
		{"list without a signature", plain("GET", func(attacker) string { return "?list-type=2" }), 403, "AccessDenied"},
	}
}

// granted is a PUT of content with all that can be signed.
func (u *user) granted(ctx context.Context) (harness.Presigned, error) {
	return u.presign(ctx, u.world.server.UploadURL,
		fmt.Sprintf(`{"contentType":"text/plain","contentLength":%d,"checksumSHA256":%q}`, len(content), checksum(content)))
}

func tampered(change func(a attacker, r *harness.Request)) func(context.Context, attacker) (harness.Answer, error) {
	return func(ctx context.Context, a attacker) (harness.Answer, error) {
		p, err := a.granted(ctx)
		if err != nil {
			return harness.Answer{}, err
		}
		r := p.Request([]byte(content))
		change(a, r)
		return harness.Exchange(ctx, r.Method, r.URL, r.Header, bytes.Clone(r.Body))
	}
}

// moved leads a URL to the victim's key.
func moved(from string, a attacker) string {
	u, err := url.Parse(from)
	if err != nil {
		return from
	}
	u.Path = "/" + a.world.server.Bucket + "/" + a.key
	return u.String()
}
