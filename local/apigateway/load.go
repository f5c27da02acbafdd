package apigateway

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/time/rate"

	"example.com/presigned/local/template"
)

// Register tells the template what CloudFormation would know of the API's resources. An ID has ten
// characters, as on AWS.
func Register(t *template.Template) error {
	for _, typ := range []string{"RestApi", "Resource", "Method", "Deployment", "Authorizer", "Model", "RequestValidator", "GatewayResponse"} {
		for _, r := range t.Resources("AWS::ApiGateway::" + typ) {
			t.SetID(r.LogicalID, t.StableID(10, r.LogicalID), map[string]string{"RootResourceId": t.StableID(10, r.LogicalID, "root")})
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

// loader reads the template into an API, one step for each kind of resource.
type loader struct {
	a *API
	t *template.Template
	c Config

	rootID      string
	rate        rate.Limit
	burst       int
	authorizers map[string][]UserPool         // by ID
	schemas     map[string]*jsonschema.Schema // by model name
	resources   map[string]*resource          // by ID
	permissions []permission
}

func (l *loader) load() error {
	for _, typ := range []string{"AWS::ApiGateway::RestApi", "AWS::ApiGateway::Stage"} {
		if n := len(l.t.Resources(typ)); n != 1 {
			return fmt.Errorf("%d resources of type %s: the local run models exactly one", n, typ)
		}
	}
	err := errors.Join(
		template.Each(l.t, "AWS::ApiGateway::RestApi", func(r template.Resource, p restAPI) (err error) {
			l.a.minCompression, l.a.id = p.MinimumCompressionSize, r.Ref
			l.rootID, err = l.t.Att(r.LogicalID, "RootResourceId")
			return err
		}),
		template.Each(l.t, "AWS::ApiGateway::Deployment", func(template.Resource, deployment) error { return nil }),
		template.Each(l.t, "AWS::ApiGateway::Stage", func(_ template.Resource, p stage) error {
			l.a.stage, l.rate = p.StageName, rate.Inf
			for _, s := range p.MethodSettings {
				l.rate, l.burst = rate.Limit(s.ThrottlingRateLimit), s.ThrottlingBurstLimit
			}
			return nil
		}),
		template.Each(l.t, "AWS::ApiGateway::Authorizer", l.addAuthorizer),
		template.Each(l.t, "AWS::ApiGateway::Model", l.addModel),
		template.Each(l.t, "AWS::ApiGateway::RequestValidator", func(template.Resource, requestValidator) error { return nil }),
		template.Each(l.t, "AWS::ApiGateway::Resource", l.addResource),
		template.Each(l.t, "AWS::Lambda::Permission", func(_ template.Resource, p permission) error {
			l.permissions = append(l.permissions, p)
			return nil
		}),
		template.Each(l.t, "AWS::ApiGateway::Method", l.addMethod),
		template.Each(l.t, "AWS::ApiGateway::GatewayResponse", l.addGatewayResponse),
	)
	if l.a.gatewayResponses[default4XX].body == "" || l.a.gatewayResponses[default5XX].body == "" {
		err = cmp.Or(err, fmt.Errorf("the local run requires the gateway responses %s and %s", default4XX, default5XX))
	}
	return err
}

func (l *loader) addAuthorizer(r template.Resource, p cognitoAuthorizer) error {
	for _, arn := range p.ProviderARNs {
		pool := l.c.UserPools[arn]
		if pool == nil {
			return fmt.Errorf("no user pool runs for %s", arn)
		}
		l.authorizers[r.Ref] = append(l.authorizers[r.Ref], pool)
	}
	return nil
}

// addModel compiles a JSON schema, draft 4 as API Gateway's models are. It fetches nothing: a reference to another
// model fails.
func (l *loader) addModel(r template.Resource, p requestModel) error {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(p.Schema))
	if err != nil {
		return err
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft4)
	c.UseLoader(jsonschema.SchemeURLLoader{})
	if err := c.AddResource("model.json", doc); err != nil {
		return err
	}
	l.schemas[r.Ref], err = c.Compile("model.json")
	return err
}

// addResource reads a path, which is one segment below the root. Path parameters are not modelled: the product's paths
// are fixed.
func (l *loader) addResource(r template.Resource, p pathResource) error {
	if strings.ContainsAny(p.PathPart, "{}") || p.ParentId != l.rootID {
		return fmt.Errorf("path %q: the local run models fixed paths below the root only", p.PathPart)
	}
	res := &resource{id: r.Ref, path: "/" + p.PathPart, methods: map[string]*method{}}
	l.resources[r.Ref], l.a.routes["/"+l.a.stage+res.path] = res, res
	return nil
}

func (l *loader) addMethod(_ template.Resource, p methodProperties) (err error) {
	res := l.resources[p.ResourceId]
	if res == nil {
		return fmt.Errorf("%q is no resource of the API", p.ResourceId)
	}
	m := &method{limiter: rate.NewLimiter(l.rate, l.burst), scopes: p.AuthorizationScopes, models: map[string]*jsonschema.Schema{}}
	switch p.AuthorizationType {
	case "NONE":
		if p.AuthorizerId != "" || len(p.AuthorizationScopes) > 0 {
			return errors.New("an authorizer or scopes on a method with authorization type NONE")
		}
	case "COGNITO_USER_POOLS":
		if m.pools = l.authorizers[p.AuthorizerId]; m.pools == nil || len(m.scopes) == 0 {
			return fmt.Errorf("authorizer %q with scopes %q: the local run models an authorizer of the template with scopes", p.AuthorizerId, m.scopes)
		}
	default:
		return fmt.Errorf("authorization type %q: not modelled by the local run", p.AuthorizationType)
	}
	for contentType, name := range p.RequestModels {
		if l.schemas[name] == nil || p.RequestValidatorId == "" {
			return fmt.Errorf("no model %q, or no validator that looks at it", name)
		}
		m.models[contentType] = l.schemas[name]
	}
	switch p.Integration.Type {
	case "AWS_PROXY":
		m.integration, err = l.lambdaProxy(p, res)
	case "MOCK":
		m.integration, err = mock(p)
	default:
		err = fmt.Errorf("integration type %q: not modelled by the local run", p.Integration.Type)
	}
	res.methods[p.HttpMethod] = m
	return err
}

// lambdaProxy finds a method's function and the permission that lets the method invoke it.
func (l *loader) lambdaProxy(p methodProperties, res *resource) (func(*exchange) (answer, *refusal), error) {
	prefix := "arn:aws:apigateway:" + l.a.region + ":lambda:path/2015-03-31/functions/"
	arn, ok := strings.CutPrefix(strings.TrimSuffix(p.Integration.Uri, "/invocations"), prefix)
	function := l.c.Functions[arn]
	if !ok || function == nil {
		return nil, fmt.Errorf("integration %q: no such function runs", p.Integration.Uri)
	}
	want := permission{
		Action: "lambda:InvokeFunction", FunctionName: arn, Principal: "apigateway.amazonaws.com",
		SourceArn: l.t.ARN("execute-api", l.a.id+"/"+l.a.stage+"/"+p.HttpMethod+res.path),
	}
	if !slices.Contains(l.permissions, want) {
		return nil, fmt.Errorf("the template has no AWS::Lambda::Permission %+v", want)
	}
	return func(x *exchange) (answer, *refusal) { return x.invoke(function) }, nil
}
