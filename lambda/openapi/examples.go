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
	headers := object{}
	for _, name := range op.Headers {
		switch name {
		case "Content-Length": // any HTTP client sets it
		case "Content-Type":
			headers[name] = operation.Fields()[operation.ContentType].Example
		case "If-None-Match":
			headers[name] = "*"
		case "X-Amz-Checksum-Sha256":
			headers[name] = operation.Fields()[operation.ChecksumSHA256].Example
		case "X-Amz-Checksum-Algorithm":
			headers[name] = "SHA256"
		case "X-Amz-Checksum-Mode":
			headers[name] = "ENABLED"
		}
	}
	example := object{
		"url":       "https://uploads.s3.us-east-1.amazonaws.com/" + exampleKey + "?" + strings.Join(op.Query, "&") + "&X-Amz-Signature=...",
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
