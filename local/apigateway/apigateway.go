// Package apigateway serves the REST API of a synthesized CloudFormation template as Amazon API Gateway does: from
// the template's AWS::ApiGateway resources and Lambda permissions, and from nothing else.
//
// request.go has the steps of a request in their order. properties.go says what of a template is modelled, and load.go
// reads it; any other property stops [New].
//
// Where AWS documents no answer, it gives the one that localstack's tests saw on AWS ("AWS-validated"), and else
// the stricter one.
package apigateway

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/time/rate"

	"example.com/presigned/local/template"
)

// Invoker runs a function.
type Invoker interface {
	Invoke(ctx context.Context, payload []byte) ([]byte, error)
}

// UserPool is what an authorizer needs of a user pool: the issuer of its tokens, and the public keys that verify them.
type UserPool interface {
	Issuer() string
	JWKS() jose.JSONWebKeySet
}

// Config is what the API needs from its surroundings. All fields are required.
type Config struct {
	Template  *template.Template
	Functions map[string]Invoker  // by ARN
	UserPools map[string]UserPool // by ARN
	Clock     func() time.Time
	Log       *log.Logger // gets a line for each request
}

// API is the template's REST API: an http.Handler below /<stage>/.
type API struct {
	id, region, accountID, stage string
	routes                       map[string]*resource       // by path, such as /v1/generate-presigned-url
	gatewayResponses             map[string]gatewayResponse // by response type
	minCompression               *int                       // bytes of an answer; nil compresses nothing

	clock func() time.Time
	log   *log.Logger
}

// resource is a path of the API.
type resource struct {
	id, path string
	methods  map[string]*method // by HTTP method
}

// method is an HTTP method of a resource.
type method struct {
	pools       []UserPool // of the authorizer; none: anyone may call
	scopes      []string
	models      map[string]*jsonschema.Schema // of bodies, by content type
	limiter     *rate.Limiter
	integration func(x *exchange) (answer, *refusal)
}

// New reads the template's one REST API. [Register] must have run before, for the template's references.
func New(c Config) (*API, error) {
	a := &API{
		region: c.Template.Region(), accountID: c.Template.AccountID(),
		routes: map[string]*resource{}, gatewayResponses: map[string]gatewayResponse{},
		clock: c.Clock, log: c.Log,
	}
	l := &loader{
		a: a, t: c.Template, c: c, authorizers: map[string][]UserPool{}, schemas: map[string]*jsonschema.Schema{},
		resources: map[string]*resource{},
	}
	if err := l.load(); err != nil {
		return nil, fmt.Errorf("REST API: %w", err)
	}
	return a, nil
}

// DeployedURL is the API's URL on AWS, without a slash at the end. The template's outputs begin with it, and the local
// run replaces it by its own address.
func (a *API) DeployedURL() string {
	return "https://" + a.id + ".execute-api." + a.region + ".amazonaws.com"
}
