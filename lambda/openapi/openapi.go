// Package openapi generates the contract document, OpenAPI 3.1, from the function's tables: operations and fields
// (lambda/operation), refusals (lambda/presigner).
//
// Only its test imports it. `make golden` runs that test to write docs/openapi.json.
package openapi

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"example.com/presigned/lambda/operation"
	"example.com/presigned/lambda/presigner"
)

type object = map[string]any

// Document returns the contract of a stage that enables every operation.
func Document() map[string]any {
	schemas := object{"Answer": answerSchema(), "Problem": problemSchema(), "BatchAnswer": batchAnswerSchema(), "BatchResult": batchResultSchema()}
	paths := object{}
	for _, route := range operation.Routes() {
		ops := slices.DeleteFunc(operation.Table(), func(op operation.Operation) bool { return op.Route != route })
		for i, op := range ops {
			schemas[schemaName(op)] = requestSchema(op, i == 0)
		}
		schemas[batchName(route)] = batchSchema(ops)
		paths[string(route)] = object{"post": post(route, ops)}
	}
	return object{
		"openapi": "3.1.0",
		"info": object{
			"title":       "Presigned S3 URLs for signed-in users",
			"version":     operation.Version,
			"description": fmt.Sprintf("Each call presigns one S3 operation, or up to %d of one route as a batch. Send exactly the answer's method, url and headers to S3, with the body where there is one.", operation.MaxBatch),
			"license":     object{"name": "MIT", "identifier": "MIT"},
		},
		"servers":  []any{object{"url": "https://{api}.execute-api.{region}.amazonaws.com/v1", "variables": object{"api": object{"default": "api"}, "region": object{"default": "us-east-1"}}}},
		"security": []any{object{"accessToken": []any{}}},
		"paths":    paths,
		"components": object{
			"schemas": schemas,
			"responses": object{"Problem": object{
				"description": "A refusal. `code` is stable; `detail` says what was received and what is allowed. A stage with a custom rule may answer its own codes, with 403 (final) or 429 (try again later).",
				"content":     object{"application/problem+json": object{"schema": ref("Problem")}},
			}},
			"securitySchemes": object{"accessToken": object{
				"type": "http", "scheme": "bearer", "bearerFormat": "JWT",
				"description": "Access token of the user pool, with the scope uploads/write or aws.cognito.signin.user.admin. An ID token is refused.",
			}},
		},
	}
}

func schemaName(op operation.Operation) string { return op.Name + "Request" }

// batchName must sort before putObjectRequest. OpenAPI Generator's TypeScript client takes the first type, by name, whose
// required fields a request has. putObject requires no field, so a batch would match it. Only
// abortMultipartUploadRequest sorts before the batch's name, and it requires fields that a batch doesn't have.
func batchName(route operation.Route) string {
	return "batch" + route.Name() + "Request"
}

func ref(schema string) object { return object{"$ref": "#/components/schemas/" + schema} }

func post(route operation.Route, ops []operation.Operation) object {
	summary := map[operation.Route]string{operation.Upload: "Presign an upload, in one request or in parts", operation.Download: "Presign a download or a list", operation.Delete: "Presign a deletion"}
	examples, answers := object{"batch": batchExample(ops)}, object{"batch": batchAnswerExample(ops)}
	for _, op := range ops {
		examples[op.Name] = object{"summary": op.Summary, "value": requestExample(op)}
		answers[op.Name] = object{"summary": op.Summary, "value": answerExample(op)}
	}
	responses := object{"200": object{
		"description": fmt.Sprintf("One presigned request, which works for at most %d seconds; for a batch, one result for each request, in the same order.", operation.ExpirySeconds),
		"content":     object{"application/json": object{"schema": object{"oneOf": []any{ref("Answer"), ref("BatchAnswer")}}, "examples": answers}},
	}}
	for _, status := range statuses() {
		responses[strconv.Itoa(status)] = object{"$ref": "#/components/responses/Problem"}
	}
	return object{
		"operationId": "presign" + route.Name(), "summary": summary[route],
		"requestBody": object{"required": true, "content": object{"application/json": object{"schema": object{"oneOf": append(refs(ops), ref(batchName(route)))}, "examples": examples}}},
		"responses":   responses,
	}
}

// refs are the schemas of the operations' requests.
func refs(ops []operation.Operation) []any {
	schemas := make([]any, len(ops))
	for i, op := range ops {
		schemas[i] = ref(schemaName(op))
	}
	return schemas
}

// statuses are those that the function or API Gateway refuses with.
func statuses() []int {
	all := []int{http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusBadGateway, http.StatusGatewayTimeout}
	for _, status := range presigner.Statuses() {
		all = append(all, status)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// requestSchema is one operation's body. The route's default operation need not be named.
func requestSchema(op operation.Operation, isDefault bool) object {
	properties := object{
		"operation": object{"type": "string", "const": op.Name},
		"username":  object{"type": "string", "description": "Not needed. Older clients send it; the request is refused unless it is the caller's own. Upper and lower case don't matter."},
	}
	required := []string{}
	if !isDefault {
		required = append(required, "operation")
	}
	for _, field := range op.Required {
		required = append(required, string(field))
	}
	for _, field := range slices.Concat(op.Required, op.Optional) {
		properties[string(field)] = fieldSchema(field)
	}
	schema := object{"type": "object", "description": description(op), "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

func batchSchema(ops []operation.Operation) object {
	return object{
		"type": "object", "additionalProperties": false, "required": []string{"requests"},
		"description": "Several requests at once. Each gets the answer that it would get alone, so an invalid one doesn't fail the others. " +
			"A stage may allow fewer in a batch; it then answers BatchTooLarge with maxBatch.",
		"properties": object{"requests": object{"type": "array", "minItems": 1, "maxItems": operation.MaxBatch, "items": object{"oneOf": refs(ops)}}},
	}
}

func description(op operation.Operation) string {
	text := fmt.Sprintf("%s Sent to S3 as %s; the function's role needs %s on %s.", op.Summary, op.Method, op.Action, op.Resource)
	if op.WriteOnce() {
		text += " Signed with If-None-Match: *, so S3 answers 412 if the key exists."
	}
	if op.Note != "" {
		text += " " + op.Note
	}
	return text
}

func fieldSchema(field operation.Field) object {
	f := operation.Fields()[field]
	schema := object{"type": f.Type, "description": f.Description}
	for name, bound := range map[string]int64{
		"minLength": int64(f.MinLength), "maxLength": int64(f.MaxLength), "minimum": f.Minimum, "maximum": f.Maximum,
	} {
		if bound != 0 || name == "minimum" && f.Type == "integer" {
			schema[name] = bound
		}
	}
	for name, text := range map[string]string{"format": f.Format, "pattern": f.Pattern} {
		if text != "" {
			schema[name] = text
		}
	}
	if f.Enum != nil {
		schema["enum"] = f.Enum
	}
	return schema
}

func answerSchema() object {
	return object{
		"type": "object", "additionalProperties": false,
		"required": []string{"url", "method", "headers", "expiresAt"},
		"properties": object{
			"url":            object{"type": "string", "format": "uri", "description": "Presigned URL. Whoever has it can use it: do not log or share it."},
			"method":         object{"type": "string", "enum": []string{"PUT", "POST", "GET", "HEAD", "DELETE"}},
			"headers":        object{"type": "object", "additionalProperties": object{"type": "string"}, "description": "Send every header unchanged. Any HTTP client sets Host and Content-Length itself."},
			"key":            object{"type": "string", "description": "Object key, chosen by the server for a new object. Absent for a listing."},
			"expiresAt":      object{"type": "string", "format": "date-time", "description": "When the URL stops working, UTC."},
			"partSize":       object{"type": "integer", "format": "int64", "description": "Bytes of every part except the last. Only for createMultipartUpload."},
			"maxUploadBytes": object{"type": "integer", "format": "int64", "description": "Largest object, in bytes. Only for createMultipartUpload, if the stage bounds uploads."},
		},
	}
}

func batchAnswerSchema() object {
	return object{
		"type": "object", "additionalProperties": false, "required": []string{"results"},
		"properties": object{"results": object{
			"type": "array", "items": object{"oneOf": []any{ref("BatchResult"), ref("Problem")}},
			"description": "One for each request, in the same order. A result has status 200; any other is a problem.",
		}},
	}
}

// batchResultSchema is Answer with its status.
func batchResultSchema() object {
	schema := answerSchema()
	schema["required"] = append([]string{"status"}, schema["required"].([]string)...)
	schema["properties"].(object)["status"] = object{"type": "integer", "const": http.StatusOK}
	return schema
}

func problemSchema() object {
	codes := []string{}
	for _, code := range slices.Sorted(maps.Keys(presigner.Statuses())) {
		codes = append(codes, string(code))
	}
	return object{
		"type": "object", "additionalProperties": false,
		"description": "RFC 9457.",
		"required":    []string{"type", "title", "status", "detail", "code", "requestId"},
		"properties": object{
			"type":      object{"type": "string", "const": "about:blank"},
			"title":     object{"type": "string", "description": "Reason phrase of the status."},
			"status":    object{"type": "integer"},
			"detail":    object{"type": "string", "description": "What was received and what is allowed."},
			"code":      object{"type": "string", "examples": codes, "description": "Stable. The function's codes are listed. API Gateway's codes have the names of its gateway responses (Unauthorized, Throttled, ...). A stage's custom rule may add others."},
			"requestId": object{"type": "string", "description": "Quote it when asking for help."},
			"maxBatch":  object{"type": "integer", "description": "Most requests that one batch may have. Only with BatchTooLarge; 1 means that batches are off."},
		},
	}
}
