package apigateway

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/time/rate"

	"example.com/presigned/local/template"
)

// Register tells the template what CloudFormation would know of the API's resources. The IDs are those of every
// start, so that outputs do not change.
func Register(t *template.Template) error {
	for _, typ := range []string{"RestApi", "Resource", "Method", "Deployment", "Authorizer", "Model", "RequestValidator", "GatewayResponse"} {
		for _, r := range t.Resources("AWS::ApiGateway::" + typ) {
			t.SetID(r.LogicalID, stableID(t.StackName, r.LogicalID), map[string]string{
				"RootResourceId": stableID(t.StackName, r.LogicalID, "root"),
			})
		}
	}
	for _, r := range t.Resources("AWS::ApiGateway::Stage") {
		name, err := t.String(r.Properties["StageName"])
		if err != nil {
			return fmt.Errorf("%s (%s): StageName: %w", r.LogicalID, r.Type, err)
		}
		t.SetID(r.LogicalID, name, nil)
	}
	return nil
}

// stableID is ten small letters and digits, the form of API Gateway's IDs.
func stableID(names ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(names, "\x00")))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:10]
}

// loader reads the template into an API, one step for each kind of resource.
type loader struct {
	a *API
	t *template.Template
	c Config

	rootID    string
	rate      rate.Limit
	burst     int
	auth      map[string]*authorizer        // by ID
	schemas   map[string]*jsonschema.Schema // by model name
	checks    map[string]bool               // IDs of the request validators
	resource  map[string]*resource          // by ID
	functions map[string]Invoker            // by ARN
	grants    []permission
}

// each decodes all resources of a type.
func each[P any](l *loader, typ string, take func(id string, p P) error) error {
	for _, r := range l.t.Resources(typ) {
		var p P
		if err := l.t.Decode(r, &p); err != nil {
			return err
		}
		id, _ := l.t.Ref(r.LogicalID) // a permission has none
		if err := take(id, p); err != nil {
			return fmt.Errorf("%s (%s): %w", r.LogicalID, r.Type, err)
		}
	}
	return nil
}

func (l *loader) load() error {
	for _, typ := range []string{"AWS::ApiGateway::RestApi", "AWS::ApiGateway::Stage"} {
		if n := len(l.t.Resources(typ)); n != 1 {
			return fmt.Errorf("%d resources of type %s: the local run models exactly one", n, typ)
		}
	}
	return errors.Join(
		each(l, "AWS::ApiGateway::RestApi", func(id string, p restAPI) (err error) {
			l.a.id, l.a.minCompression = id, p.MinimumCompressionSize
			l.rootID, err = l.t.Att(l.t.Resources("AWS::ApiGateway::RestApi")[0].LogicalID, "RootResourceId")
			return err
		}),
		each(l, "AWS::ApiGateway::Deployment", func(string, deployment) error { return nil }),
		each(l, "AWS::ApiGateway::Stage", l.stage),
		l.authorizers(),
		each(l, "AWS::ApiGateway::Model", func(id string, p requestModel) (err error) {
			l.schemas[id], err = compileModel(p.Schema)
			return err
		}),
		each(l, "AWS::ApiGateway::RequestValidator", func(id string, _ requestValidator) error {
			l.checks[id] = true
			return nil
		}),
		l.paths(),
		l.invocations(),
		each(l, "AWS::ApiGateway::Method", l.method),
		each(l, "AWS::ApiGateway::GatewayResponse", func(_ string, p gatewayResponseResource) (err error) {
			l.a.gatewayResponses[p.ResponseType], err = p.compile()
			return err
		}),
	)
}

func (l *loader) stage(_ string, p stage) (err error) {
	l.a.stage, l.a.deploymentID = p.StageName, p.DeploymentId
	l.rate = rate.Inf
	for _, s := range p.MethodSettings {
		l.rate, l.burst = rate.Limit(s.ThrottlingRateLimit), int(s.ThrottlingBurstLimit)
	}
	l.a.accessLog, err = parseText(p.AccessLogSetting.Format)
	return err
}

func (l *loader) authorizers() error {
	return each(l, "AWS::ApiGateway::Authorizer", func(id string, p cognitoAuthorizer) error {
		a := &authorizer{}
		for _, arn := range p.ProviderARNs {
			pool := l.c.UserPools[arn]
			if pool == nil {
				return fmt.Errorf("no user pool runs for %s", arn)
			}
			a.pools = append(a.pools, pool)
		}
		l.auth[id] = a
		return nil
	})
}

// compileModel compiles a JSON schema, draft 4 as API Gateway's models are. It fetches nothing: a reference to
// another model fails.
func compileModel(schema json.RawMessage) (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft4)
	c.UseLoader(jsonschema.SchemeURLLoader{})
	if err := c.AddResource("model.json", doc); err != nil {
		return nil, err
	}
	return c.Compile("model.json")
}

// paths reads the resources, which are one segment below the root. Path parameters are not modelled: the product's paths
// are fixed.
func (l *loader) paths() error {
	return each(l, "AWS::ApiGateway::Resource", func(id string, p pathResource) error {
		if strings.ContainsAny(p.PathPart, "{}") || p.ParentId != l.rootID {
			return fmt.Errorf("path %q: the local run models fixed paths below the root only", p.PathPart)
		}
		r := &resource{id: id, path: "/" + p.PathPart, methods: map[string]*method{}}
		l.resource[id], l.a.routes[r.path] = r, r
		return nil
	})
}

// invocations finds the functions that run by their ARNs, and who may invoke them.
func (l *loader) invocations() error {
	for logicalID, function := range l.c.Functions {
		arn, err := l.t.Att(logicalID, "Arn")
		if err != nil {
			return err
		}
		l.functions[arn] = function
	}
	return each(l, "AWS::Lambda::Permission", func(_ string, p permission) error {
		l.grants = append(l.grants, p)
		return nil
	})
}

func (l *loader) method(_ string, p methodResource) error {
	res := l.resource[p.ResourceId]
	if res == nil {
		return fmt.Errorf("%q is no resource of the API", p.ResourceId)
	}
	m := &method{scopes: p.AuthorizationScopes, limiter: rate.NewLimiter(l.rate, l.burst)}
	switch p.AuthorizationType {
	case "NONE":
		if p.AuthorizerId != "" || len(p.AuthorizationScopes) > 0 {
			return errors.New("an authorizer or scopes on a method with authorization type NONE")
		}
	case "COGNITO_USER_POOLS":
		if m.authorizer = l.auth[p.AuthorizerId]; m.authorizer == nil {
			return fmt.Errorf("no authorizer %q", p.AuthorizerId)
		}
	default:
		return fmt.Errorf("authorization type %q: not modelled by the local run", p.AuthorizationType)
	}
	if p.RequestValidatorId != "" && !l.checks[p.RequestValidatorId] {
		return fmt.Errorf("no request validator %q", p.RequestValidatorId)
	}
	m.models = map[string]*jsonschema.Schema{}
	for contentType, name := range p.RequestModels {
		if l.schemas[name] == nil || p.RequestValidatorId == "" {
			return fmt.Errorf("no model %q, or no validator that looks at it", name)
		}
		m.models[contentType] = l.schemas[name]
	}
	var err error
	switch p.Integration.Type {
	case "AWS_PROXY":
		m.integration, err = l.lambdaProxy(p, res)
	case "MOCK":
		m.integration, err = loadMock(p)
	default:
		err = fmt.Errorf("integration type %q: not modelled by the local run", p.Integration.Type)
	}
	res.methods[p.HttpMethod] = m
	return err
}

func (l *loader) lambdaProxy(p methodResource, res *resource) (integration, error) {
	prefix := "arn:aws:apigateway:" + l.a.region + ":lambda:path/2015-03-31/functions/"
	arn, ok := strings.CutPrefix(strings.TrimSuffix(p.Integration.Uri, "/invocations"), prefix)
	function := l.functions[arn]
	if !ok || function == nil {
		return nil, fmt.Errorf("integration %q: no such function runs", p.Integration.Uri)
	}
	want := permission{
		Action: "lambda:InvokeFunction", FunctionName: arn, Principal: "apigateway.amazonaws.com",
		SourceArn: l.t.ARN("execute-api", l.a.id+"/"+l.a.stage+"/"+p.HttpMethod+res.path),
	}
	proxy := &lambdaProxy{function: function}
	for _, granted := range l.grants {
		proxy.permitted = proxy.permitted || granted == want
	}
	return proxy, nil
}
