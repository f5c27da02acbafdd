package openapi

import (
	"net/http"
	"strings"

	"example.com/presigned/lambda/operation"
)

const (
	exampleKey = "johndoe/1595114575104"
	namedKey   = exampleKey + "-banana.json" // of a new object whose filename was sent
)

// requestExample is a body with all fields of an operation.
func requestExample(op operation.Operation) object {
	example := object{"operation": op.Name}
	for field, schema := range operation.Fields() {
		if op.Takes(field) {
			example[string(field)] = schema.Example
		}
	}
	return example
}

// batchExample has a request for each operation of a route.
func batchExample(ops []operation.Operation) object {
	requests := []any{}
	for _, op := range ops {
		requests = append(requests, requestExample(op))
	}
	return object{"summary": "Several at once.", "value": object{"requests": requests}}
}

func batchAnswerExample(ops []operation.Operation) object {
	results := []any{}
	for _, op := range ops {
		example := answerExample(op)
		example["status"] = http.StatusOK
		results = append(results, example)
	}
	results = append(results, object{
		"type": "about:blank", "title": "Forbidden", "status": http.StatusForbidden, "code": "KeyOutsidePrefix", "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
		"detail": `key "alice/1" is outside your own prefix "johndoe/"`,
	})
	return object{"summary": "A result for each request; the last one was refused.", "value": object{"results": results}}
}

func answerExample(op operation.Operation) object {
	headers, query := object{}, []string{}
	for _, p := range op.Headers {
		switch {
		case p.Name == "Content-Length": // any HTTP client sets it
		case p.Field != "":
			headers[p.Name] = operation.Fields()[p.Field].Example
		default:
			headers[p.Name] = p.Value
		}
	}
	for _, p := range op.Query {
		query = append(query, p.Name)
	}
	key := exampleKey
	switch {
	case op.NewKey:
		key = namedKey
	case op.Resource == operation.Bucket: // a listing's URL has no key
		key = ""
	}
	example := object{
		"url":       "https://uploads.s3.us-east-1.amazonaws.com/" + key + "?" + strings.Join(query, "&") + "&X-Amz-Signature=...",
		"method":    op.Method,
		"headers":   headers,
		"expiresAt": "2020-07-18T23:27:55Z",
	}
	if key != "" {
		example["key"] = key
	}
	if op.Name == "createMultipartUpload" {
		example["partSize"] = 8 << 20
	}
	return example
}
