package bucketpolicy

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// now is the time of every request below.
var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

const role = "arn:aws:iam::000000000000:role/Uploads-dev-Signer"

// request describes a request in the words of the tests: method, target below the bucket, headers as name: value.
func request(method, target string, headers ...string) Request {
	u, err := url.Parse("http://s3/bucket" + target)
	if err != nil {
		panic(err)
	}
	r := Request{
		Method: method, Query: u.Query(), Header: http.Header{}, OnObject: strings.TrimPrefix(u.Path, "/bucket") != "",
		PrincipalID: role, Now: now,
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	return r
}

const presigned = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date="

func TestConditionKeysAreReadFromTheRequest(t *testing.T) {
	const signed = "Authorization: AWS4-HMAC-SHA256 Credential=x"
	for _, c := range []struct {
		name string
		r    Request
		key  string
		want string // "-": absent
	}{
		{"presigned", request("PUT", "/k?"+presigned+"20260102T030405Z"), AuthType, "REST-QUERY-STRING"},
		{"signed in the header", request("PUT", "/k", signed), AuthType, "REST-HEADER"},
		{"header and query", request("PUT", "/k?"+presigned+"20260102T030405Z", signed), AuthType, "REST-HEADER"},
		{"form", request("POST", "", "Content-Type: multipart/form-data; boundary=x"), AuthType, "POST"},
		{"a form's type on an object is no form", request("POST", "/k?uploads", "Content-Type: multipart/form-data; boundary=x"), AuthType, "-"},
		{"anonymous", request("GET", "/k"), AuthType, "-"},
		{"presigned", request("PUT", "/k?"+presigned+"20260102T030405Z"), SignatureVersion, "AWS4-HMAC-SHA256"},
		{"version 2 in the query", request("PUT", "/k?AWSAccessKeyId=x&Signature=y&Expires=1"), SignatureVersion, "AWS"},
		{"version 2 in the header", request("PUT", "/k", "Authorization: AWS x:y"), SignatureVersion, "AWS"},
		{"just signed", request("PUT", "/k?"+presigned+"20260102T030405Z"), SignatureAge, "0"},
		{"signed 300 s ago", request("PUT", "/k?"+presigned+"20260102T025905Z"), SignatureAge, "300000"},
		{"signed in the header", request("PUT", "/k", signed, "X-Amz-Date: 20260102T020405Z"), SignatureAge, "-"},
		{"broken date", request("PUT", "/k?"+presigned+"yesterday"), SignatureAge, "-"},
		{"with If-None-Match", request("PUT", "/k", "If-None-Match: *"), IfNoneMatch, "*"},
		{"without", request("PUT", "/k"), IfNoneMatch, "-"},
		{"PutObject", request("PUT", "/k?x-id=PutObject"), ObjectCreationOperation, "true"},
		{"CopyObject", request("PUT", "/k", "X-Amz-Copy-Source: b/k"), ObjectCreationOperation, "true"},
		{"form", request("POST", "", "Content-Type: multipart/form-data; boundary=x"), ObjectCreationOperation, "true"},
		{"CompleteMultipartUpload", request("POST", "/k?uploadId=u"), ObjectCreationOperation, "true"},
		{"CreateMultipartUpload", request("POST", "/k?uploads"), ObjectCreationOperation, "false"},
		{"UploadPart", request("PUT", "/k?partNumber=1&uploadId=u"), ObjectCreationOperation, "false"},
		{"PutObjectTagging", request("PUT", "/k?tagging"), ObjectCreationOperation, "-"},
		{"GetObject", request("GET", "/k"), ObjectCreationOperation, "-"},
		{"loopback", request("GET", "/k"), SecureTransport, "true"},
		{"loopback", request("GET", "/k"), TLSVersion, "1.2"},
		{"role", request("GET", "/k"), PrincipalArn, role},
		{"nobody", Request{}, PrincipalArn, "-"},
	} {
		got, present := c.r.Context()[c.key]
		if !present {
			got = "-"
		}
		if got != c.want {
			t.Errorf("%s: %s is %q, want %q", c.name, c.key, got, c.want)
		}
	}
}

func TestAStatementHoldsOnlyIfEveryConditionDoes(t *testing.T) {
	for _, c := range []struct {
		name, condition string
		context         Context
		want            bool
	}{
		{"no condition", `null`, Context{}, true},
		{"bool", `{"Bool": {"aws:SecureTransport": "false"}}`, Context{SecureTransport: "false"}, true},
		{"bool, other", `{"Bool": {"aws:SecureTransport": "false"}}`, Context{SecureTransport: "true"}, false},
		{"a JSON boolean is the same", `{"Bool": {"aws:SecureTransport": false}}`, Context{SecureTransport: "false"}, true},
		{"number", `{"NumericGreaterThan": {"s3:signatureAge": 300000}}`, Context{SignatureAge: "300001"}, true},
		{"number, at the limit", `{"NumericGreaterThan": {"s3:signatureAge": "300000"}}`, Context{SignatureAge: "300000"}, false},
		{"number, absent key", `{"NumericGreaterThan": {"s3:signatureAge": "300000"}}`, Context{}, false},
		{"number as a version", `{"NumericLessThan": {"s3:TlsVersion": "1.2"}}`, Context{TLSVersion: "1.1"}, true},
		{"number as a version, fine", `{"NumericLessThan": {"s3:TlsVersion": "1.2"}}`, Context{TLSVersion: "1.2"}, false},
		{"null, absent", `{"Null": {"s3:if-none-match": "true"}}`, Context{}, true},
		{"null, present", `{"Null": {"s3:if-none-match": "true"}}`, Context{IfNoneMatch: "*"}, false},
		{"not null, present", `{"Null": {"s3:if-none-match": "false"}}`, Context{IfNoneMatch: "*"}, true},
		{"both must hold", `{"Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}}`, Context{ObjectCreationOperation: "true"}, true},
		{"one does not", `{"Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}}`, Context{ObjectCreationOperation: "false"}, false},
		{"one of several values", `{"StringEquals": {"s3:authType": ["POST", "REST-HEADER"]}}`, Context{AuthType: "REST-HEADER"}, true},
		{"not equal", `{"StringNotEquals": {"s3:authType": "REST-QUERY-STRING"}}`, Context{AuthType: "REST-HEADER"}, true},
		{"not equal to any", `{"StringNotEquals": {"s3:authType": ["POST", "REST-HEADER"]}}`, Context{AuthType: "REST-HEADER"}, false},
		{"the ARN", `{"ArnEquals": {"aws:PrincipalArn": ["arn:aws:iam::000000000000:role/Other", "` + role + `"]}}`, Context{PrincipalArn: role}, true},
		{"another ARN", `{"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::000000000000:role/Other"}}`, Context{PrincipalArn: role}, false},
		{"an ARN, of nobody", `{"ArnEquals": {"aws:PrincipalArn": "` + role + `"}}`, Context{}, false},
		{"not equal, absent key", `{"StringNotEquals": {"s3:authType": "REST-QUERY-STRING"}}`, Context{}, true},
	} {
		p, err := Parse(document(t, `{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": `+c.condition+`}`))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		data, err := p.Holding(c.context)
		if err != nil {
			t.Fatal(err)
		}
		var got struct{ Statement []map[string]any }
		if err := json.Unmarshal(data, &got); err != nil || (len(got.Statement) == 1) != c.want {
			t.Errorf("%s: got %s, %v, want it to hold: %v", c.name, data, err, c.want)
		}
		for _, s := range got.Statement {
			if _, ok := s["Condition"]; ok {
				t.Errorf("%s: the gateway would evaluate the condition again: %v", c.name, s)
			}
		}
	}
}

func TestParseRefusesWhatItCannotEvaluateExactly(t *testing.T) {
	const rest = `"Principal": "*", "Action": "s3:*", "Resource": "*"`
	for statement, want := range map[string]string{
		`{"Effect": "Allow", ` + rest + `}`:                                                                           "effect Allow not modelled",
		`{"Effect": "Deny", "NotPrincipal": "*", "Action": "s3:*", "Resource": "*"}`:                                  "element NotPrincipal",
		`{"Effect": "Deny", "Principal": "*", "NotAction": "s3:GetObject", "Resource": "*"}`:                          "element NotAction",
		`{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "NotResource": "*"}`:                                  "element NotResource",
		`{"Effect": "Deny", ` + rest + `, "Condition": {"Bool": {"aws:ViaAWSService": "true"}}}`:                      "condition Bool aws:ViaAWSService: key not modelled",
		`{"Effect": "Deny", ` + rest + `, "Condition": {"IpAddress": {"aws:SecureTransport": "10.0.0.0/8"}}}`:         "condition IpAddress aws:SecureTransport: operator not modelled",
		`{"Effect": "Deny", ` + rest + `, "Condition": {"ForAnyValue:StringEquals": {"s3:authType": "POST"}}}`:        "ForAnyValue:StringEquals s3:authType: operator not modelled",
		`{"Effect": "Deny", ` + rest + `, "Condition": {"StringEquals": {"s3:authType": "${aws:username}"}}}`:         "policy variable",
		`{"Effect": "Deny", ` + rest + `, "Condition": {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}}`: "no wildcard",
		`{"Effect": "Deny", ` + rest + `, "Condition": {"NumericLessThan": {"s3:TlsVersion": "old"}}}`:                "want a number",
		`{"Effect": "Deny", ` + rest + `, "Condition": {"Bool": {"aws:SecureTransport": "no"}}}`:                      "want true or false",
		`{"Effect": "Deny", ` + rest + `, "Condition": {"StringEquals": {"s3:authType": []}}}`:                        "no value",
	} {
		if _, err := Parse(document(t, statement)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", statement, err, want)
		}
	}
}

func TestStatementsAboutAServiceAreLeftOut(t *testing.T) {
	p, err := Parse(document(t, `{"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "*"}`))
	if err != nil || len(p.statements) != 0 {
		t.Errorf("got %v, %v, want no statement", p, err)
	}
}

func document(t *testing.T, statement string) map[string]any {
	t.Helper()
	var d map[string]any
	if err := json.Unmarshal([]byte(`{"Version": "2012-10-17", "Statement": [`+statement+`]}`), &d); err != nil {
		t.Fatal(err)
	}
	return d
}
