package uploads

import (
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"

	"example.com/presigned/lambda/operation"
)

// addModel makes the JSON schema that API Gateway checks a route's body against before it invokes the
// function. It has only names, types and enums. The function checks values and the stage's options (an operation that is off, a
// type that is not allowed, an object too large), because its refusals have specific codes and say what is allowed. The
// function also checks names and types again, because a body sent as text/plain is not validated. The model declares a
// batch only as an array, so that one invalid request doesn't fail the others.
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

// properties are the fields of a route's operations, the two fields of every request, and the one field of a batch.
func properties(ops []operation.Operation) *map[string]*awsapigateway.JsonSchema {
	named := map[string]*awsapigateway.JsonSchema{
		// The whole table, so that the function refuses an operation that is off with a specific code.
		"operation": {Type: awsapigateway.JsonSchemaType_STRING, Enum: enum(operation.Names(operation.Table()))},
		"username":  {Type: awsapigateway.JsonSchemaType_STRING},
		"requests":  {Type: awsapigateway.JsonSchemaType_ARRAY},
	}
	for _, op := range ops {
		for _, field := range slices.Concat(op.Required, op.Optional) {
			named[string(field)] = fieldSchema(field)
		}
	}
	return &named
}

// fieldSchema is a field's type and enum from the table. Patterns and bounds are left out, because the function's refusals
// explain them and API Gateway's would only repeat the pattern.
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
