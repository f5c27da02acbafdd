package apigateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// text is a template of simple substitutions: that of a gateway response or of the access log. Neither is VTL.
type text struct {
	segments []segment
	raw      bool // values are not escaped: it makes a header, not JSON
}

// segment is literal text, or else a variable.
type segment struct {
	literal  string
	variable func(*exchange) string
	quoted   bool // its value brings its own JSON quotes
}

// render fills in the variables; absent stands for those that have no value. Values are escaped as in a JSON string,
// which is what the templates put them into: a username may contain quotes.
func (t *text) render(x *exchange, absent string) string {
	var out strings.Builder
	for _, s := range t.segments {
		if s.variable == nil {
			out.WriteString(s.literal)
			continue
		}
		switch v := s.variable(x); {
		case v == "":
			out.WriteString(absent)
		case t.raw:
			out.WriteString(v)
		case s.quoted:
			out.WriteString(quote(v))
		default:
			q := quote(v)
			out.WriteString(q[1 : len(q)-1])
		}
	}
	return out.String()
}

func literal(s string) *text { return &text{segments: []segment{{literal: s}}} }

// quote makes a JSON string, without the escapes for HTML that nobody else puts there.
func quote(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always encodes
	return strings.TrimSuffix(b.String(), "\n")
}

// parseText reads a template. A variable that API Gateway does not know there is refused: it would come out empty.
func parseText(s string, accessLog bool) (*text, error) {
	// A name ends where the next character cannot go on with it: "$context.requestId." is a variable and a full stop.
	const name = `[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_:-]*[A-Za-z0-9_])*`
	variable := regexp.MustCompile(`\$(?:\{` + name + `\}|` + name + `)`)
	t := &text{}
	last := 0
	for _, at := range variable.FindAllStringIndex(s, -1) {
		t.segments = append(t.segments, segment{literal: s[last:at[0]]})
		last = at[1]
		found := strings.Trim(s[at[0]:at[1]], "${}")
		v, err := lookup(found, accessLog)
		if err != nil {
			return nil, err
		}
		t.segments = append(t.segments, v)
	}
	t.segments = append(t.segments, segment{literal: s[last:]})
	return t, nil
}

func lookup(name string, accessLog bool) (segment, error) {
	if header, ok := strings.CutPrefix(name, "method.request.header."); ok && !accessLog {
		return segment{variable: func(x *exchange) string { return x.request.Header.Get(header) }}, nil
	}
	if claim, ok := strings.CutPrefix(name, "context.authorizer.claims."); ok {
		return segment{variable: func(x *exchange) string { return x.claims[claim] }}, nil
	}
	plain, ok := strings.CutPrefix(name, "context.")
	if v := variables()[plain]; ok && v != nil {
		return segment{variable: v, quoted: plain == "error.messageString"}, nil
	}
	if v := logVariables()[plain]; ok && v != nil {
		if !accessLog {
			return segment{}, fmt.Errorf("variable $%s: API Gateway knows it in access logs only", name)
		}
		return segment{variable: v}, nil
	}
	return segment{}, fmt.Errorf("variable $%s: not modelled by the local run", name)
}

// variables are those of gateway responses and access logs alike.
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
func variables() map[string]func(*exchange) string {
	return map[string]func(*exchange) string{
		"accountId":                   func(x *exchange) string { return x.api.accountID },
		"apiId":                       func(x *exchange) string { return x.api.id },
		"deploymentId":                func(x *exchange) string { return x.api.deploymentID },
		"domainName":                  func(x *exchange) string { return x.request.Host },
		"error.message":               func(x *exchange) string { return x.refused().message },
		"error.messageString":         func(x *exchange) string { return x.refused().message },
		"error.responseType":          func(x *exchange) string { return string(x.refused().kind) },
		"error.validationErrorString": func(x *exchange) string { return x.refused().validation },
		"extendedRequestId":           func(x *exchange) string { return x.extendedID },
		"httpMethod":                  func(x *exchange) string { return x.request.Method },
		"identity.sourceIp":           func(x *exchange) string { return x.sourceIP() },
		"identity.userAgent":          func(x *exchange) string { return x.request.UserAgent() },
		"path":                        func(x *exchange) string { return x.request.URL.EscapedPath() },
		"protocol":                    func(x *exchange) string { return x.request.Proto },
		"requestId":                   func(x *exchange) string { return x.requestID },
		"requestTime":                 func(x *exchange) string { return x.requestTime() },
		"requestTimeEpoch":            func(x *exchange) string { return strconv.FormatInt(x.start.UnixMilli(), 10) },
		"resourceId":                  func(x *exchange) string { return x.resourceOrNone().id },
		"resourcePath":                func(x *exchange) string { return x.resourceOrNone().path },
		"stage":                       func(x *exchange) string { return x.api.stage },
		"wafResponseCode":             func(*exchange) string { return "" },
	}
}

// logVariables are those that exist once the answer does.
func logVariables() map[string]func(*exchange) string {
	latency := func(x *exchange) string { return milliseconds(x.integrationLatency, x.integrationStatus) }
	status := func(x *exchange) string { return numberOrNone(x.integrationStatus) }
	return map[string]func(*exchange) string{
		"integration.latency":           latency,
		"integration.status":            status,
		"integration.integrationStatus": status,
		"integrationLatency":            latency,
		"integrationStatus":             status,
		"responseLatency":               func(x *exchange) string { return milliseconds(x.api.clock().Sub(x.start), x.status) },
		"responseLength":                func(x *exchange) string { return strconv.Itoa(x.length) },
		"status":                        func(x *exchange) string { return numberOrNone(x.status) },
		"xrayTraceId":                   func(*exchange) string { return "" }, // nothing is traced locally
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

func (x *exchange) resourceOrNone() resource {
	if x.resource == nil {
		return resource{}
	}
	return *x.resource
}

// requestTime is the start in the Common Log Format.
func (x *exchange) requestTime() string { return x.start.UTC().Format("02/Jan/2006:15:04:05 -0700") }
