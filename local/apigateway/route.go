package apigateway

import (
	"net/http"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/time/rate"
)

// resource is a path of the API.
type resource struct {
	id, path string
	methods  map[string]*method // by HTTP method
}

// method is an HTTP method of a resource.
type method struct {
	authorizer  *authorizer // nil: anyone may call
	scopes      []string
	models      map[string]*jsonschema.Schema // of bodies, by content type
	limiter     *rate.Limiter
	integration integration
}

// integration is what answers a request that was let through.
type integration interface {
	answer(x *exchange) (answer, *refusal)
}

// route finds the method. Paths are compared as sent: an encoded spelling of a path is another path, which is
// stricter than AWS at worst.
func (x *exchange) route(http.ResponseWriter) *refusal {
	path, ok := strings.CutPrefix(x.request.URL.EscapedPath(), "/"+x.api.stage)
	if !ok || path != "" && path[0] != '/' {
		return refuse(forbidden, "") // no such stage, so the template's gateway responses don't apply
	}
	x.path = path
	if res := x.api.routes[path]; res != nil && res.methods[x.request.Method] != nil {
		x.resource, x.method = res, res.methods[x.request.Method]
		return nil
	}
	return refuse(missingAuthenticationToken, "Missing Authentication Token")
}

// throttle takes a token from the method's bucket. Each method has its own, filled by the stage's settings.
// That it comes before the authorizer is not documented: it is the cheaper order.
func (x *exchange) throttle(http.ResponseWriter) *refusal {
	if x.method.limiter.AllowN(x.api.clock(), 1) {
		return nil
	}
	return refuse(throttled, "Too Many Requests")
}

// maxHeaderBytes bounds the request line and the header fields together.
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
const maxHeaderBytes = 10_240

func (x *exchange) limitHeaders(http.ResponseWriter) *refusal {
	size := len(x.request.Method) + len(x.request.RequestURI) + len(x.request.Proto)
	for name, values := range x.request.Header {
		for _, value := range values {
			size += len(name) + len(value)
		}
	}
	if size <= maxHeaderBytes {
		return nil
	}
	// The quota is documented, the answer is not: HTTP's own status for it.
	return &refusal{kind: default4XX, status: http.StatusRequestHeaderFieldsTooLarge, message: "Request Header Fields Too Large"}
}
