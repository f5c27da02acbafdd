package uploads

import (
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"

	"example.com/presigned/lambda/operation"
)

// addModel makes the JSON schema that API Gateway checks a route's body against before it invokes the
// function. It holds names and types only: what a value may be, and what the stage decides (an
// operation that is off, a type that is not allowed, an object too large) is left to the function,
// whose refusals have a code of their own and say what is allowed; the function also checks all of this again, because a
// body sent as text/plain reaches it unvalidated. Of a batch it only knows that it is an array, so that a request that
// does not fit fails alone.
func (a *api) addModel(route operation.Route) awsapigateway.Model {
	return a.rest.AddModel(new(signerID(route)+"Request"), &awsapigateway.ModelOptions{
		ContentType: new("application/json"),
		Description: new("One S3 operation to presign, or a batch of them"),
		Schema: &awsapigateway.JsonSchema{
			Schema:               awsapigateway.JsonSchemaVersion_DRAFT4,
			Title:                new(signerID(route) + "Request"),
			Type:                 awsapigateway.JsonSchemaType_OBJECT,
			AdditionalProperties: false,
			Properties:           properties(a.config.Operations(route)),
		},
	})
}

// properties are the fields of the operations that a route signs, the two that all of them take, and that of a batch.
func properties(ops []operation.Operation) *map[string]*awsapigateway.JsonSchema {
	named := map[string]*awsapigateway.JsonSchema{
		"operation": operationSchema(), "username": {Type: awsapigateway.JsonSchemaType_STRING},
		"requests": {Type: awsapigateway.JsonSchemaType_ARRAY},
	}
	for _, op := range ops {
		for _, field := range slices.Concat(op.Required, op.Optional) {
			named[string(field)] = fieldSchema(field)
		}
	}
	return &named
}

// operationSchema lists the whole table: an operation that is switched off is known, and refused by the
// function with a code that says so.
func operationSchema() *awsapigateway.JsonSchema {
	return &awsapigateway.JsonSchema{Type: awsapigateway.JsonSchemaType_STRING, Enum: enum(operation.Names(operation.Table()))}
}

// fieldSchema is what the table says of a field's type and choice. Patterns and bounds are left out: API Gateway
// would answer with the pattern, and the function says in words what it allows.
func fieldSchema(field operation.Field) *awsapigateway.JsonSchema {
	f := operation.Fields()[field]
	schema := &awsapigateway.JsonSchema{Type: awsapigateway.JsonSchemaType(strings.ToUpper(f.Type))}
	if f.Enum != nil {
		schema.Enum = enum(f.Enum)
	}
	return schema
}

func enum(names []string) *[]any {
	values := make([]any, len(names))
	for i, name := range names {
		values[i] = name
	}
	return &values
}
