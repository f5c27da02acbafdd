// Package apigateway serves the REST API of a synthesized CloudFormation template as Amazon API Gateway does: from
// the template's AWS::ApiGateway resources and Lambda permissions, and from nothing else.
//
// A request goes through the files in this order: exchange, route (which throttles too), authorizer, validate, and the
// integration: lambda (event, proxyresponse) or mock. gatewayresponse answers where one of them refuses; text writes the
// access log. properties.go has what of a template is modelled. What it reads and cannot do stops [New].
//
// Where AWS documents no answer, the one seen on AWS by localstack's tests against it was taken ("AWS-validated"),
// and where there is none the stricter one; the comments say which.
//
// local/stack may import it. It imports local/template only, and needs no IAM action: who invokes the functions is
// passed in.
package apigateway

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"example.com/presigned/local/template"
)

// Invoker runs a function. An error may say `RequestTooLarge() bool`, which API Gateway answers differently from a function
// that failed.
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
	Functions map[string]Invoker  // by the function's logical ID
	UserPools map[string]UserPool // by ARN
	Clock     func() time.Time
	AccessLog io.Writer // one Write for each line
}

// API is the template's REST API: an http.Handler below /<stage>/.
type API struct {
	id, region, accountID, deploymentID string
	stage                               string
	routes                              map[string]*resource // by path, such as /generate-presigned-url
	gatewayResponses                    map[kind]gatewayResponse
	accessLog                           text
	minCompression                      *int // bytes of an answer; nil compresses nothing

	clock func() time.Time
	logMu sync.Mutex
	log   io.Writer
}

// New reads the template's one REST API. [Register] must have run before, for the template's references.
func New(c Config) (*API, error) {
	a := &API{
		region: c.Template.Region(), accountID: c.Template.AccountID(),
		routes: map[string]*resource{}, gatewayResponses: map[kind]gatewayResponse{},
		clock: c.Clock, log: c.AccessLog,
	}
	l := &loader{
		a: a, t: c.Template, c: c, auth: map[string]*authorizer{}, schemas: map[string]*jsonschema.Schema{}, checks: map[string]bool{},
		resource: map[string]*resource{}, functions: map[string]Invoker{},
	}
	if err := l.load(); err != nil {
		return nil, fmt.Errorf("REST API: %w", err)
	}
	return a, nil
}

// Stage is the stage's name, the first segment of every path.
func (a *API) Stage() string { return a.stage }

// DeployedURL is the API's URL on AWS, without a slash at the end: what the template's outputs begin with, and what
// the local run puts its own address in the place of.
func (a *API) DeployedURL() string {
	return "https://" + a.id + ".execute-api." + a.region + ".amazonaws.com"
}

// ServeHTTP answers one request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := a.begin(r)
	answer, refusal := x.handle(w)
	if refusal != nil {
		x.refusal = refusal
		answer = a.refuse(x)
	}
	x.status, x.length = answer.status, len(answer.body)
	x.write(w, answer)
	a.logAccess(x)
}

// handle takes the request through its stations, until one of them refuses it.
func (x *exchange) handle(w http.ResponseWriter) (answer, *refusal) {
	for _, station := range []func(http.ResponseWriter) *refusal{x.route, x.throttle, x.limitHeaders, x.authorize, x.readBody, x.validate} {
		if refused := station(w); refused != nil {
			return answer{}, refused
		}
	}
	return x.method.integration.answer(x)
}
