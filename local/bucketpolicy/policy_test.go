package bucketpolicy

import (
	"encoding/json"
	"strings"
	"testing"
)

// That each condition of the stack's policy holds when it should, and only then, is proven by test/attack (tables "bucket
// policy", "session of ..." and "without a signature").

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
