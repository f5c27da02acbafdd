package apigateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"example.com/presigned/local/template"
)

// loader reads the template into an API, one step for each kind of resource.
type loader struct {
	a *API
	t *template.Template
	c Config

	rootID    string
	settings  []methodSetting
	auth      map[string]*authorizer        // by ID
	schemas   map[string]*jsonschema.Schema // by model name
	checks    map[string]validatorProperties
	resource  map[string]*resource // by ID
	functions map[string]Invoker   // by ARN
	grants    []permission
}

// only returns the one resource of a type.
func (l *loader) only(typ string) (template.Resource, error) {
	found := l.t.Resources(typ)
	if len(found) != 1 {
		return template.Resource{}, fmt.Errorf("%d resources of type %s: the local run models exactly one", len(found), typ)
	}
	return found[0], nil
}

func (l *loader) ref(logicalID string) (string, error) {
	return l.t.String(map[string]any{"Ref": logicalID})
}

func (l *loader) att(logicalID, attribute string) (string, error) {
	return l.t.String(map[string]any{"Fn::GetAtt": []any{logicalID, attribute}})
}

func (l *loader) api() error {
	r, err := l.only("AWS::ApiGateway::RestApi")
	if err != nil {
		return err
	}
	if l.a.id, err = l.ref(r.LogicalID); err != nil {
		return err
	}
	l.rootID, err = l.att(r.LogicalID, "RootResourceId")
	return err
}

type stageProperties struct {
	StageName        string
	DeploymentId     string
	AccessLogSetting struct{ Format string }
	MethodSettings   []methodSetting
}

// methodSetting is the throttling of a method, or of all: then the path is /* and the method *.
type methodSetting struct {
	HttpMethod, ResourcePath string
	ThrottlingRateLimit      *float64 // requests a second
	ThrottlingBurstLimit     *template.Int
}

func (l *loader) stage() error {
	r, err := l.only("AWS::ApiGateway::Stage")
	if err != nil {
		return err
	}
	var p stageProperties
	if err := l.t.Decode(r, &p); err != nil {
		return err
	}
	l.a.stage, l.a.deploymentID, l.settings = p.StageName, p.DeploymentId, p.MethodSettings
	if p.AccessLogSetting.Format != "" {
		if l.a.accessLog, err = parseText(p.AccessLogSetting.Format, true); err != nil {
			return fmt.Errorf("access log format: %w", err)
		}
	}
	return nil
}

type authorizerProperties struct {
	IdentitySource string
	ProviderARNs   []string
}

func (l *loader) authorizers() error {
	pools := map[string]UserPool{}
	for logicalID, pool := range l.c.UserPools {
		arn, err := l.att(logicalID, "Arn")
		if err != nil {
			return err
		}
		pools[arn] = pool
	}
	l.auth = map[string]*authorizer{}
	for _, r := range l.t.Resources("AWS::ApiGateway::Authorizer") {
		var p authorizerProperties
		if err := l.t.Decode(r, &p); err != nil {
			return err
		}
		header, ok := strings.CutPrefix(p.IdentitySource, "method.request.header.")
		if !ok || len(p.ProviderARNs) == 0 {
			return fmt.Errorf("%s: want user pools and a header as the identity source, got %v and %q", r.LogicalID, p.ProviderARNs, p.IdentitySource)
		}
		a := &authorizer{header: header}
		for _, arn := range p.ProviderARNs {
			pool, ok := pools[arn]
			if !ok {
				return fmt.Errorf("%s: no user pool runs for %s", r.LogicalID, arn)
			}
			a.pools = append(a.pools, pool)
		}
		id, err := l.ref(r.LogicalID)
		if err != nil {
			return err
		}
		l.auth[id] = a
	}
	return nil
}

func (l *loader) models() error {
	l.schemas = map[string]*jsonschema.Schema{}
	for _, r := range l.t.Resources("AWS::ApiGateway::Model") {
		var p struct{ Schema json.RawMessage }
		if err := l.t.Decode(r, &p); err != nil {
			return err
		}
		name, err := l.ref(r.LogicalID)
		if err != nil {
			return err
		}
		if l.schemas[name], err = compileModel(p.Schema); err != nil {
			return fmt.Errorf("%s (%s): %w", r.LogicalID, r.Type, err)
		}
	}
	return nil
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

type validatorProperties struct {
	ValidateRequestBody, ValidateRequestParameters template.Bool
}

func (l *loader) validators() error {
	l.checks = map[string]validatorProperties{}
	for _, r := range l.t.Resources("AWS::ApiGateway::RequestValidator") {
		var p validatorProperties
		if err := l.t.Decode(r, &p); err != nil {
			return err
		}
		id, err := l.ref(r.LogicalID)
		if err != nil {
			return err
		}
		l.checks[id] = p
	}
	return nil
}
