package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/presigned/lambda/operation"
	"example.com/presigned/lambda/presigner"
)

// The clock of the rule and of the presigner.
var now = time.Unix(1_800_000_000, 0)

// table speaks DynamoDB's protocol, JSON 1.0 over HTTP, for one GetItem on the table "uploaders". It answers with text, and
// counts what it was asked.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
func table(t *testing.T, status int, text string) (endpoint string, asked *int) {
	asked = new(int)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked++
		var got map[string]any
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		want := map[string]any{"TableName": "uploaders", "Key": map[string]any{"prefix": map[string]any{"S": "johndoe"}}}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got request %v, want %v", got, want)
		}
		if got, want := r.Header.Get("X-Amz-Target"), "DynamoDB_20120810.GetItem"; got != want {
			t.Errorf("got target %q, want %q", got, want)
		}
		if !strings.Contains(r.Header.Get("Authorization"), "/dynamodb/aws4_request") {
			t.Errorf("the request is not signed: %q", r.Header.Get("Authorization"))
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.Header().Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(text))), 10))
		w.WriteHeader(status)
		_, _ = w.Write([]byte(text))
	}))
	t.Cleanup(s.Close)
	return s.URL, asked
}

// answer is what a request of johndoe gets from a function with this rule, and what the function logs.
func answer(t *testing.T, endpoint, body string) (status int, text, log string) {
	t.Helper()
	credentials := aws.Credentials{AccessKeyID: "ASIAEXAMPLE", SecretAccessKey: "secretEXAMPLE", SessionToken: "sessionEXAMPLE"}
	settings := aws.Config{
		Region: "eu-west-1", BaseEndpoint: &endpoint,
		Credentials: aws.NewCredentialsCache(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return credentials, nil })),
	}
	clock := func() time.Time { return now }
	var lines bytes.Buffer
	h, err := presigner.New(presigner.Config{
		Region: "eu-west-1", Bucket: "uploads", Operations: operation.Table(), PartBytes: 8 << 20, MaxBatch: 100,
		ContentTypes: []string{"*/*"}, ClientIDs: []string{"app"}, Credentials: credentials,
	}, newUploaders(settings, "uploaders", clock).check, clock, &lines)
	if err != nil {
		t.Fatal(err)
	}
	event, err := json.Marshal(map[string]any{"body": body, "requestContext": map[string]any{"authorizer": map[string]any{"claims": map[string]any{
		"token_use": "access", "client_id": "app", "username": "johndoe",
	}}}})
	if err != nil {
		t.Fatal(err)
	}
	out, err := h.Invoke(t.Context(), event)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		StatusCode int
		Body       string
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	return got.StatusCode, got.Body, lines.String()
}

func row(until string) string {
	return `{"Item":{"prefix":{"S":"johndoe"},"mayUploadUntil":` + until + `}}`
}

func TestWhoMayUpload(t *testing.T) {
	const upload = `{"contentType":"image/png"}`
	for _, tt := range []struct {
		name   string
		body   string
		status int // of DynamoDB's answer
		text   string
		asked  int
		want   int
		code   string
		log    string
	}{
		{name: "row that has not ended", body: upload, status: 200, text: row(`{"N":"1800000001"}`), asked: 1, want: 200, log: `"outcome":"issued"`},
		{name: "row that ends now", body: upload, status: 200, text: row(`{"N":"1800000000"}`), asked: 1, want: 403, code: "UploadsEnded", log: `"code":"UploadsEnded"`},
		{name: "no row", body: upload, status: 200, text: `{}`, asked: 1, want: 403, code: "NotAnUploader", log: `"code":"NotAnUploader"`},
		{name: "no row for a multipart upload", body: `{"operation":"createMultipartUpload"}`, status: 200, text: `{}`, asked: 1, want: 403, code: "NotAnUploader", log: `"outcome":"refused"`},
		{name: "part", body: `{"operation":"uploadPart","key":"johndoe/1","uploadId":"u","partNumber":1,"contentLength":1}`, want: 200, log: `"outcome":"issued"`},
		{name: "download", body: `{"operation":"getObject","key":"johndoe/1"}`, want: 200, log: `"outcome":"issued"`},
		{name: "row without the time", body: upload, status: 200, text: `{"Item":{"prefix":{"S":"johndoe"}}}`, asked: 1, want: 500, code: "InternalError", log: "has no number mayUploadUntil"},
		{name: "time of another type", body: upload, status: 200, text: row(`{"S":"1800000001"}`), asked: 1, want: 500, code: "InternalError", log: "has no number mayUploadUntil"},
		{name: "time with a fraction", body: upload, status: 200, text: row(`{"N":"1.5"}`), asked: 1, want: 500, code: "InternalError", log: "mayUploadUntil: "},
		{name: "DynamoDB fails", body: upload, status: 500, text: `{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"no"}`, asked: 2, want: 500, code: "InternalError", log: "InternalServerError"},
		{name: "role without the statement", body: upload, status: 400, text: `{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"not authorized"}`, asked: 1, want: 500, code: "InternalError", log: "AccessDeniedException"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			endpoint, asked := table(t, tt.status, tt.text)
			status, text, log := answer(t, endpoint, tt.body)
			if status != tt.want || tt.code != "" && !strings.Contains(text, `"code":"`+tt.code+`"`) || !strings.Contains(log, tt.log) {
				t.Errorf("got %d %s, log %s, want %d %s, log with %s", status, text, log, tt.want, tt.code, tt.log)
			}
			if signed := strings.Contains(text, "X-Amz-Signature"); signed != (tt.want == 200) {
				t.Errorf("got %s: a URL in it: %t", text, signed)
			}
			if *asked != tt.asked {
				t.Errorf("DynamoDB was asked %d times, want %d", *asked, tt.asked)
			}
		})
	}
}

func TestNothingIsSignedWhileDynamoDBIsDown(t *testing.T) {
	s := httptest.NewServer(nil)
	s.Close()
	status, text, log := answer(t, s.URL, `{}`)
	if status != 500 || strings.Contains(text, "X-Amz-") || !strings.Contains(log, "connection refused") {
		t.Errorf("got %d %s, log %s, want 500 without a URL", status, text, log)
	}
}
