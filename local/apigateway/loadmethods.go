package apigateway

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/time/rate"

	"example.com/presigned/local/template"
)

type resourceProperties struct{ ParentId, PathPart string }

// resources builds the tree. Path parameters are not modelled: the product's paths are fixed.
func (l *loader) resources() error {
	l.resource = map[string]*resource{l.rootID: {id: l.rootID, path: "/", methods: map[string]*method{}}}
	left := l.t.Resources("AWS::ApiGateway::Resource")
	for len(left) > 0 {
		var later []template.Resource
		for _, r := range left {
			var p resourceProperties
			if err := l.t.Decode(r, &p); err != nil {
				return err
			}
			if strings.ContainsAny(p.PathPart, "{}") {
				return fmt.Errorf("%s: path parameter %q: not modelled by the local run", r.LogicalID, p.PathPart)
			}
			parent := l.resource[p.ParentId]
			if parent == nil {
				later = append(later, r)
				continue
			}
			id, err := l.ref(r.LogicalID)
			if err != nil {
				return err
			}
			l.resource[id] = &resource{id: id, path: strings.TrimSuffix(parent.path, "/") + "/" + p.PathPart, methods: map[string]*method{}}
		}
		if len(later) == len(left) {
			return fmt.Errorf("%s: its parent is no resource of the API", left[0].LogicalID)
		}
		left = later
	}
	for _, r := range l.resource {
		l.a.routes[r.path] = r
	}
	return nil
}

type methodProperties struct {
	HttpMethod, ResourceId          string
	AuthorizationType, AuthorizerId string
	AuthorizationScopes             []string
	RequestValidatorId              string
	RequestModels                   map[string]string
	RequestParameters               map[string]template.Bool
	Integration                     integrationProperties
	MethodResponses                 []methodResponse
}

type methodResponse struct {
	StatusCode         string
	ResponseParameters map[string]template.Bool
}

func (l *loader) methods() error {
	if err := l.loadFunctions(); err != nil {
		return err
	}
	for _, r := range l.t.Resources("AWS::ApiGateway::Method") {
		var p methodProperties
		if err := l.t.Decode(r, &p); err != nil {
			return err
		}
		res := l.resource[p.ResourceId]
		if res == nil {
			return fmt.Errorf("%s: %q is no resource of the API", r.LogicalID, p.ResourceId)
		}
		m, err := l.method(p, res)
		if err != nil {
			return fmt.Errorf("%s: %w", r.LogicalID, err)
		}
		res.methods[p.HttpMethod] = m
	}
	return nil
}

func (l *loader) method(p methodProperties, res *resource) (*method, error) {
	m := &method{scopes: p.AuthorizationScopes, limiter: l.limiter(res.path, p.HttpMethod)}
	switch p.AuthorizationType {
	case "NONE":
		if p.AuthorizerId != "" || len(p.AuthorizationScopes) > 0 {
			return nil, fmt.Errorf("an authorizer or scopes on a method with authorization type NONE")
		}
	case "COGNITO_USER_POOLS":
		if m.authorizer = l.auth[p.AuthorizerId]; m.authorizer == nil {
			return nil, fmt.Errorf("no authorizer %q", p.AuthorizerId)
		}
	default:
		return nil, fmt.Errorf("authorization type %q: not modelled by the local run", p.AuthorizationType)
	}
	var err error
	if m.validator, err = l.validator(p); err != nil {
		return nil, err
	}
	m.integration, err = l.integration(p, res)
	return m, err
}

// limiter is the method's own bucket, from the settings of the method or else of the whole stage.
func (l *loader) limiter(path, httpMethod string) *rate.Limiter {
	escaped := "/" + strings.ReplaceAll(path, "/", "~1")
	var limiter *rate.Limiter
	exact := false
	for _, s := range l.settings {
		matches := s.ResourcePath == escaped && (s.HttpMethod == httpMethod || s.HttpMethod == "*")
		all := s.ResourcePath == "/*" && s.HttpMethod == "*"
		if s.ThrottlingRateLimit == nil || s.ThrottlingBurstLimit == nil || !matches && (!all || exact) {
			continue
		}
		exact = matches
		limiter = rate.NewLimiter(rate.Limit(*s.ThrottlingRateLimit), int(*s.ThrottlingBurstLimit))
	}
	return limiter
}

func (l *loader) validator(p methodProperties) (*validator, error) {
	if p.RequestValidatorId == "" {
		return nil, nil
	}
	checks, ok := l.checks[p.RequestValidatorId]
	if !ok {
		return nil, fmt.Errorf("no request validator %q", p.RequestValidatorId)
	}
	v := &validator{}
	for parameter, required := range p.RequestParameters {
		name, isHeader := strings.CutPrefix(parameter, "method.request.header.")
		if !isHeader {
			return nil, fmt.Errorf("request parameter %q: the local run models headers only", parameter)
		}
		if bool(required) && bool(checks.ValidateRequestParameters) {
			v.headers = append(v.headers, name)
		}
	}
	slices.Sort(v.headers)
	if !checks.ValidateRequestBody {
		return v, nil
	}
	v.models = map[string]*jsonschema.Schema{}
	for contentType, name := range p.RequestModels {
		if v.models[contentType] = l.schemas[name]; v.models[contentType] == nil {
			return nil, fmt.Errorf("no model %q", name)
		}
	}
	return v, nil
}

type integrationProperties struct {
	Type                  string
	IntegrationHttpMethod string
	Uri                   string
	TimeoutInMillis       template.Int
	PassthroughBehavior   string
	RequestTemplates      map[string]string
	IntegrationResponses  []struct {
		StatusCode         string
		ResponseParameters map[string]string
		ResponseTemplates  map[string]string
	}
}

func (l *loader) integration(p methodProperties, res *resource) (integration, error) {
	switch p.Integration.Type {
	case "AWS_PROXY":
		return l.lambdaProxy(p, res)
	case "MOCK":
		return loadMock(p)
	}
	return nil, fmt.Errorf("integration type %q: not modelled by the local run", p.Integration.Type)
}

func (l *loader) lambdaProxy(p methodProperties, res *resource) (integration, error) {
	i := p.Integration
	if i.IntegrationHttpMethod != "POST" {
		return nil, fmt.Errorf("integration method %q: Lambda is invoked by POST", i.IntegrationHttpMethod)
	}
	prefix := "arn:aws:apigateway:" + l.a.region + ":lambda:path/2015-03-31/functions/"
	arn, ok := strings.CutPrefix(strings.TrimSuffix(i.Uri, "/invocations"), prefix)
	function := l.functions[arn]
	if !ok || function == nil {
		return nil, fmt.Errorf("integration %q: no such function runs", i.Uri)
	}
	timeout := defaultTimeout
	if i.TimeoutInMillis != 0 {
		timeout = time.Duration(i.TimeoutInMillis) * time.Millisecond
	}
	source := strings.Join([]string{"arn:aws:execute-api", l.a.region, l.a.accountID, l.a.id}, ":") +
		"/" + l.a.stage + "/" + p.HttpMethod + res.path
	return &lambdaProxy{function: function, timeout: timeout, permitted: l.permitted(arn, source)}, nil
}

func loadMock(p methodProperties) (integration, error) {
	m := &mock{statuses: map[string]int{}, responses: map[int]mockResponse{}}
	m.passthrough = p.Integration.PassthroughBehavior == "" || p.Integration.PassthroughBehavior == "WHEN_NO_MATCH"
	for contentType, body := range p.Integration.RequestTemplates {
		status, err := mockStatus(body)
		if err != nil {
			return nil, err
		}
		m.statuses[contentType] = status
	}
	for _, r := range p.Integration.IntegrationResponses {
		status, err := mockStatus(`{"statusCode":` + r.StatusCode + `}`)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(p.MethodResponses, func(m methodResponse) bool { return m.StatusCode == r.StatusCode })
		if at < 0 {
			return nil, fmt.Errorf("integration response %s: no method response for it", r.StatusCode)
		}
		response := mockResponse{}
		if response.headers, err = mockHeaders(r.ResponseParameters, p.MethodResponses[at].ResponseParameters); err != nil {
			return nil, err
		}
		for contentType, body := range r.ResponseTemplates {
			if contentType != "application/json" || response.template != nil {
				return nil, fmt.Errorf("response template for %q: the local run models one, application/json", contentType)
			}
			if response.template, err = parseVTL(body); err != nil {
				return nil, err
			}
		}
		m.responses[status] = response
	}
	return m, nil
}
