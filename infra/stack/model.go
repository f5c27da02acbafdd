package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"

	"example.com/presigned/lambda/operation"
)

// addModel makes the JSON schema that API Gateway checks a route's body against before it invokes the
// function. It holds only what no stage and no operation could accept. What the stage decides (an
// operation that is off, a type that is not allowed, an object too large) is left to the function,
// whose refusals have a code of their own; the function also checks all of this again, because a
// body sent as text/plain reaches it unvalidated.
func (a api) addModel(route operation.Route) awsapigateway.Model {
	return a.rest.AddModel(new(signerID(route)+"Request"), &awsapigateway.ModelOptions{
		ContentType: new("application/json"),
		Description: new("One S3 operation to presign"),
		Schema: &awsapigateway.JsonSchema{
			Schema:               awsapigateway.JsonSchemaVersion_DRAFT4,
			Title:                new(signerID(route) + "Request"),
			Type:                 awsapigateway.JsonSchemaType_OBJECT,
			AdditionalProperties: false,
			Properties:           properties(a.config.Operations(route)),
		},
	})
}

// properties are the fields of the operations that a route signs, and the two that all of them take.
func properties(ops []operation.Operation) *map[string]*awsapigateway.JsonSchema {
	named := map[string]*awsapigateway.JsonSchema{"operation": operationSchema(), "username": text(0, 0)}
	for _, op := range ops {
		for field, schema := range fieldSchemas() {
			if op.Takes(field) {
				named[string(field)] = schema
			}
		}
	}
	return &named
}

// operationSchema lists the whole table: an operation that is switched off is known, and refused by the
// function with a code that says so.
func operationSchema() *awsapigateway.JsonSchema {
	var names []any
	for _, name := range operation.Names(operation.Table()) {
		names = append(names, name)
	}
	return &awsapigateway.JsonSchema{Type: awsapigateway.JsonSchemaType_STRING, Enum: &names}
}

func fieldSchemas() map[operation.Field]*awsapigateway.JsonSchema {
	return map[operation.Field]*awsapigateway.JsonSchema{
		operation.Key:               text(1, operation.MaxKeyBytes),
		operation.ContentType:       matching(`^[ -~]+/[ -~]+$`, 255),
		operation.ContentLength:     number(1, 0), // the upper bound is the stage's
		operation.ChecksumSHA256:    matching(`^[A-Za-z0-9+/]{43}=$`, 44),
		operation.ChecksumAlgorithm: {Type: awsapigateway.JsonSchemaType_STRING, Enum: &[]any{"SHA256"}},
		operation.UploadID:          matching(`^[!-~]+$`, 2_048),
		operation.PartNumber:        number(1, operation.MaxParts),
		operation.Filename:          text(1, 255),
		operation.ContinuationToken: matching(`^[!-~]+$`, 2_048),
	}
}

func text(least, most int) *awsapigateway.JsonSchema {
	schema := &awsapigateway.JsonSchema{Type: awsapigateway.JsonSchemaType_STRING}
	if least > 0 {
		schema.MinLength = new(float64(least))
	}
	if most > 0 {
		schema.MaxLength = new(float64(most))
	}
	return schema
}

func matching(pattern string, most int) *awsapigateway.JsonSchema {
	schema := text(0, most)
	schema.Pattern = new(pattern)
	return schema
}

func number(least, most int) *awsapigateway.JsonSchema {
	schema := &awsapigateway.JsonSchema{Type: awsapigateway.JsonSchemaType_INTEGER, Minimum: new(float64(least))}
	if most > 0 {
		schema.Maximum = new(float64(most))
	}
	return schema
}
