package openapi

import (
	"strings"

	"example.com/presigned/lambda/operation"
)

const exampleKey = "johndoe/1595114575104"

// requestExample is the fullest body that an operation takes.
func requestExample(op operation.Operation) object {
	example := object{"operation": op.Name}
	for field, schema := range operation.Fields() {
		if op.Takes(field) {
			example[string(field)] = schema.Example
		}
	}
	return example
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
	example := object{
		"url":       "https://uploads.s3.us-east-1.amazonaws.com/" + exampleKey + "?" + strings.Join(query, "&") + "&X-Amz-Signature=...",
		"method":    op.Method,
		"headers":   headers,
		"expiresAt": "2020-07-18T23:27:55Z",
	}
	if op.Resource == operation.Objects {
		example["key"] = exampleKey
	}
	if op.Name == "createMultipartUpload" {
		example["partSize"] = 8 << 20
	}
	return example
}
