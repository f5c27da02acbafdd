package presigner

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/presigned/lambda/operation"
)

// checked sends a body to a function with a custom rule.
func checked(ctx context.Context, t *testing.T, check Check, body string, changes ...change) (proxyResponse, string) {
	t.Helper()
	return send(ctx, t, everything(), check, func() time.Time { return now }, eventWith(t, body, changes...))
}

func answering(err error) Check {
	return func(context.Context, Caller, Request) error { return err }
}

func TestACheckSeesTheCallerAndTheRequestAndNoToken(t *testing.T) {
	for _, tt := range []struct {
		body   string
		change change
		caller Caller
		want   Request
	}{
		{
			body:   `{"contentType":"image/png","contentLength":7,"filename":"a b.png","checksumSHA256":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}`,
			change: withClaim("scope", "uploads/write other"),
			caller: Caller{Name: "johndoe", ClientID: "1example23456789", Prefix: "johndoe"},
			want: Request{
				Key: "johndoe/1595114575104-a_20_b.png", Filename: "a b.png", ContentType: "image/png", ContentLength: 7,
				ChecksumSHA256: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", Operation: operation.Operation{Name: "putObject"},
			},
		},
		{
			body:   `{"operation":"uploadPart",` + okPart + `,"partNumber":2,"contentLength":9}`,
			change: withClaim("scope", "uploads/write"),
			caller: Caller{Name: "johndoe", ClientID: "1example23456789", Prefix: "johndoe"},
			want: Request{
				Key: "johndoe/1", UploadID: "u1", PartNumber: 2, ContentLength: 9, Operation: operation.Operation{Name: "uploadPart"},
			},
		},
		{
			body:   `{"operation":"listObjectsV2"}`,
			change: func(e map[string]any) { withClaim("scope", "uploads/write")(e); withoutClaim("username")(e) },
			caller: Caller{Name: "1example23456789", Machine: true, ClientID: "1example23456789", Prefix: "_client-1example23456789"},
			want:   Request{Key: "_client-1example23456789/", Operation: operation.Operation{Name: "listObjectsV2"}},
		},
	} {
		asked := 0
		check := func(_ context.Context, caller Caller, request Request) error {
			asked++
			if caller.Claims["client_id"] != "1example23456789" || !caller.HasScope("uploads/write") || caller.HasScope("uploads") {
				t.Errorf("claims: got %v, want the token's", caller.Claims)
			}
			if strings.Contains(fmt.Sprint(caller, request), "eyJ") {
				t.Errorf("a token is in %v, %v", caller, request)
			}
			caller.Claims = nil
			request.Operation = operation.Operation{Name: request.Operation.Name}
			if !reflect.DeepEqual(caller, tt.caller) || !reflect.DeepEqual(request, tt.want) {
				t.Errorf("%s:\n got %+v %+v\nwant %+v %+v", tt.body, caller, request, tt.caller, tt.want)
			}
			return nil
		}
		if r, _ := checked(t.Context(), t, check, tt.body, tt.change); r.StatusCode != 200 || asked != 1 {
			t.Errorf("%s: got %d %s after %d questions, want 200 after one", tt.body, r.StatusCode, r.Body, asked)
		}
	}
}

func TestACheckIsNotAskedAboutWhatIsRefusedAnyway(t *testing.T) {
	asked := false
	check := func(context.Context, Caller, Request) error { asked = true; return nil }
	for _, tt := range refusals(t) {
		if tt.code == CredentialsExpired { // found later, by the signer
			continue
		}
		if r, _ := tt.send(t, tt.configOrDefault(), check); asked || r.StatusCode < 400 {
			t.Fatalf("%s: got %d, asked: %t", tt.name, r.StatusCode, asked)
		}
	}
}

func TestWhatACheckAnswers(t *testing.T) {
	refusal := &Refusal{Code: "OrderNotFound", Detail: "there is no such order"}
	broken := func(r Refusal) Check { return answering(&r) }
	longest := strings.Repeat("A", 64)
	var none *Refusal
	for _, tt := range []struct {
		name   string
		check  Check
		status int
		code   string
		detail string
		log    string
	}{
		{name: "refusal", check: answering(refusal), status: 403, code: "OrderNotFound", detail: "there is no such order", log: `"level":"INFO"`},
		{name: "wrapped refusal", check: answering(fmt.Errorf("orders: %w", refusal)), status: 403, code: "OrderNotFound", detail: "there is no such order", log: `"outcome":"refused"`},
		{name: "refusal for now", check: answering(&Refusal{Code: Code(longest), Status: 429, Detail: "one a minute"}), status: 429, code: longest, detail: "one a minute", log: `"outcome":"refused"`},
		{name: "another error", check: answering(errors.New("no such table")), status: 500, code: "InternalError", log: `"cause":"check putObject for \"johndoe/1595114575104\": no such table"`},
		{name: "panic", check: func(context.Context, Caller, Request) error { panic("no such index") }, status: 500, code: "InternalError", log: "panic: no such index"},
		{name: "nil refusal", check: answering(none), status: 500, code: "InternalError", log: `"outcome":"failed"`},
		{name: "problem instead of a refusal", check: answering(&Problem{Status: 200, Code: "Fine"}), status: 500, code: "InternalError", log: `"outcome":"failed"`},
		{name: "no code", check: broken(Refusal{Detail: "a"}), status: 500, code: "InternalError", log: `has code \"\"`},
		{name: "code in lower case", check: broken(Refusal{Code: "orderNotFound", Detail: "a"}), status: 500, code: "InternalError", log: "orderNotFound"},
		{name: "code with a space", check: broken(Refusal{Code: "Order not", Detail: "a"}), status: 500, code: "InternalError", log: "Order not"},
		{name: "code with a hyphen", check: broken(Refusal{Code: "Order-Not", Detail: "a"}), status: 500, code: "InternalError", log: "Order-Not"},
		{name: "code beyond ASCII", check: broken(Refusal{Code: "Ordré", Detail: "a"}), status: 500, code: "InternalError", log: "Ordré"},
		{name: "long code", check: broken(Refusal{Code: Code(longest + "A"), Detail: "a"}), status: 500, code: "InternalError", log: "at most 64"},
		{name: "code of the contract", check: broken(Refusal{Code: KeyOutsidePrefix, Detail: "a"}), status: 500, code: "InternalError", log: "no code of the contract"},
		{name: "status that signs a client out", check: broken(Refusal{Code: "Gone", Status: 401, Detail: "a"}), status: 500, code: "InternalError", log: "has status 401"},
		{name: "status of a success", check: broken(Refusal{Code: "Fine", Status: 200, Detail: "a"}), status: 500, code: "InternalError", log: "has status 200"},
		{name: "no detail", check: broken(Refusal{Code: "Gone"}), status: 500, code: "InternalError", log: "has no detail"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, log := checked(t.Context(), t, tt.check, `{"contentLength":1}`)
			p := decoded[Problem](t, r.Body)
			if r.StatusCode != tt.status || p.Status != tt.status || string(p.Code) != tt.code || tt.detail != "" && p.Detail != tt.detail {
				t.Errorf("got %d %s, want %d %s %q", r.StatusCode, r.Body, tt.status, tt.code, tt.detail)
			}
			if got, want := r.Headers["Content-Type"], "application/problem+json"; got != want {
				t.Errorf("Content-Type: got %q, want %q", got, want)
			}
			if tt.status == 500 && (strings.Contains(r.Body, "check") || strings.Contains(r.Body, "no such")) {
				t.Errorf("the answer shows the cause: %s", r.Body)
			}
			if !strings.Contains(log, `"code":"`+tt.code+`"`) || !strings.Contains(log, tt.log) || strings.Contains(r.Body+log, "X-Amz-") {
				t.Errorf("log: got %s, want code %s and %s, and no URL", log, tt.code, tt.log)
			}
		})
	}
}

func TestACheckRefusesOneRequestOfABatchAlone(t *testing.T) {
	check := func(_ context.Context, _ Caller, request Request) error {
		switch request.ContentLength {
		case 2:
			return &Refusal{Code: "TwoIsTooMany", Detail: "want one"}
		case 3:
			panic("three")
		}
		return nil
	}
	r, log := checked(t.Context(), t, check, `{"requests":[{"contentLength":1},{"contentLength":2},{"contentLength":3},{"contentLength":4}]}`)
	var got []string
	for _, result := range decoded[struct {
		Results []struct {
			Status    int
			Code, URL string
		}
	}](t, r.Body).Results {
		got = append(got, fmt.Sprintf("%d%s %t", result.Status, result.Code, result.URL != ""))
	}
	if want := []string{"200 true", "403TwoIsTooMany false", "500InternalError false", "200 true"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, want := range []string{`"outcome":"refused","code":"TwoIsTooMany"`, `"outcome":"failed","code":"InternalError"`} {
		if strings.Count(log, want) != 1 {
			t.Errorf("got log %s, want one line with %s", log, want)
		}
	}
}

// Lambda stops a function at its timeout, and the client would get a bare 502.
func TestABatchIsAnsweredBeforeTheFunctionsTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		asked := 0
		check := func(ctx context.Context, _ Caller, _ Request) error {
			if asked++; asked == 1 {
				return nil
			}
			<-ctx.Done() // such as a database that doesn't answer
			return ctx.Err()
		}
		r, log := checked(ctx, t, check, `{"requests":[{"contentLength":1},{"contentLength":2},{"contentLength":3}]}`)
		if got, want := time.Since(start), 2750*time.Millisecond; got != want {
			t.Errorf("answered after %v, want %v", got, want)
		}
		if asked != 2 || strings.Count(r.Body, "X-Amz-Signature") != 1 || strings.Count(log, "context deadline exceeded") != 2 {
			t.Errorf("asked %d times, got %s and log %s, want one URL, and one error for each of the other two", asked, r.Body, log)
		}
	})
}
