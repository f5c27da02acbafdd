package apigateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// text is a template of simple substitutions: that of a gateway response or of the access log. Neither is VTL.
type text []segment

// segment is literal text, or else a variable.
type segment struct {
	literal  string
	variable func(*exchange) string
	quoted   bool // its value brings its own JSON quotes
}

// render fills in the variables; absent stands for those that have no value. Values are escaped as in a JSON string,
// which is what the templates put them into: a username may contain quotes.
func (t text) render(x *exchange, absent string) string {
	var out strings.Builder
	for _, s := range t {
		if s.variable == nil {
			out.WriteString(s.literal)
			continue
		}
		v := quote(s.variable(x))
		switch {
		case v == `""`:
			out.WriteString(absent)
		case s.quoted:
			out.WriteString(v)
		default:
			out.WriteString(v[1 : len(v)-1])
		}
	}
	return out.String()
}

// quote makes a JSON string, without the escapes for HTML that nobody else puts there.
func quote(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always encodes
	return strings.TrimSuffix(b.String(), "\n")
}

// parseText reads a template. A variable that is not known is refused: it would come out empty.
func parseText(s string) (text, error) {
	// A name ends before the first character that it can't contain: "$context.requestId." is a variable and a full stop.
	variable := regexp.MustCompile(`\$[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_:-]*[A-Za-z0-9_])*`)
	var t text
	last := 0
	for _, at := range variable.FindAllStringIndex(s, -1) {
		name := s[at[0]:at[1]]
		v := variables()[strings.TrimPrefix(name, "$context.")]
		if claim, ok := strings.CutPrefix(name, "$context.authorizer.claims."); ok {
			v = func(x *exchange) string { return x.claims[claim] }
		}
		if v == nil {
			return nil, fmt.Errorf("variable %s: not modelled by the local run", name)
		}
		t = append(t, segment{literal: s[last:at[0]]}, segment{variable: v, quoted: strings.HasSuffix(name, "error.messageString")})
		last = at[1]
	}
	return append(t, segment{literal: s[last:]}), nil
}

// variables are those that the stack's gateway responses and access log use.
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
func variables() map[string]func(*exchange) string {
	return map[string]func(*exchange) string{
		"error.message":       func(x *exchange) string { return x.refused().message },
		"error.messageString": func(x *exchange) string { return x.refused().message },
		"error.responseType":  func(x *exchange) string { return string(x.refused().kind) },
		"extendedRequestId":   func(x *exchange) string { return x.extendedID },
		"httpMethod":          func(x *exchange) string { return x.request.Method },
		"identity.sourceIp":   func(x *exchange) string { return x.sourceIP() },
		"integration.status":  func(x *exchange) string { return numberOrNone(x.integrationStatus) },
		"integrationLatency":  func(x *exchange) string { return milliseconds(x.integrationLatency, x.integrationStatus) },
		"requestId":           func(x *exchange) string { return x.requestID },
		"requestTimeEpoch":    func(x *exchange) string { return strconv.FormatInt(x.start.UnixMilli(), 10) },
		"resourcePath": func(x *exchange) string {
			if x.resource == nil {
				return ""
			}
			return x.resource.path
		},
		"responseLatency": func(x *exchange) string { return milliseconds(x.api.clock().Sub(x.start), x.status) },
		"responseLength":  func(x *exchange) string { return strconv.Itoa(x.length) },
		"status":          func(x *exchange) string { return numberOrNone(x.status) },
		"xrayTraceId":     func(*exchange) string { return "" }, // nothing is traced locally
	}
}

func numberOrNone(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func milliseconds(d time.Duration, status int) string {
	if status == 0 {
		return ""
	}
	return strconv.FormatInt(d.Milliseconds(), 10)
}

func (x *exchange) refused() refusal {
	if x.refusal == nil {
		return refusal{}
	}
	return *x.refusal
}

// logAccess writes the stage's access log line. As on AWS, what has no value is a dash, and a request to no stage is
// in no stage's log.
func (a *API) logAccess(x *exchange) {
	if x.refusal != nil && x.refusal.kind == forbidden {
		return
	}
	line := a.accessLog.render(x, "-") + "\n"
	a.logMu.Lock()
	defer a.logMu.Unlock()
	_, _ = io.WriteString(a.log, line) // a log that cannot be written has nobody to tell
}
