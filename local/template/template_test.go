package template

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// load writes a cloud assembly around a template and opens it.
func load(t *testing.T, body string) (*Template, error) {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"manifest.json": `{"artifacts": {
			"Stack": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region",
			          "properties": {"templateFile": "t.json", "stackName": "Uploads-dev"}}}}`,
		"t.json": body,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Load(dir)
}

func mustLoad(t *testing.T, body string) *Template {
	t.Helper()
	tpl, err := load(t, body)
	if err != nil {
		t.Fatal(err)
	}
	return tpl
}

func parse(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

const oneBucket = `{
	"Resources": {"Bucket": {"Type": "T", "DeletionPolicy": "RetainExceptOnCreate"}},
	"Outputs": {"Url": {"Value": {"Fn::Sub": "https://${Bucket}.example.com"}}}
}`

func TestIntrinsicFunctionsGiveWhatCloudFormationGives(t *testing.T) {
	tpl := mustLoad(t, oneBucket)
	tpl.SetID("Bucket", "b", map[string]string{"Arn": "arn:aws:s3:::b"})
	for text, want := range map[string]any{
		`{"Ref": "Bucket"}`:                                                "b",
		`{"Ref": "AWS::AccountId"}`:                                        "000000000000",
		`{"Ref": "AWS::StackName"}`:                                        "Uploads-dev",
		`{"Fn::GetAtt": ["Bucket", "Arn"]}`:                                "arn:aws:s3:::b",
		`{"Fn::Join": ["", [{"Fn::GetAtt": ["Bucket", "Arn"]}, "/*"]]}`:    "arn:aws:s3:::b/*",
		`{"Fn::Join": [",", ["a", 5, true]]}`:                              "a,5,true",
		`{"Fn::Sub": "${AWS::Region}/${Bucket}"}`:                          "us-east-1/b",
		`{"Condition": {"StringEquals": {"s3:authType": "POST"}}, "X": 1}`: map[string]any{"Condition": map[string]any{"StringEquals": map[string]any{"s3:authType": "POST"}}, "X": 1.0},
	} {
		got, err := tpl.resolve(parse(t, text))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, %v, want %v", text, got, err, want)
		}
	}
	outputs, err := tpl.Outputs()
	if want := map[string]string{"Url": "https://b.example.com"}; err != nil || !reflect.DeepEqual(outputs, want) {
		t.Errorf("outputs: got %v, %v, want %v", outputs, err, want)
	}
}

func TestWhatCannotBeEvaluatedIsAnError(t *testing.T) {
	tpl := mustLoad(t, oneBucket)
	for text, want := range map[string]string{
		`{"Ref": "Bucket"}`:                  "reference Bucket: the local run gives no such value for T",
		`{"Ref": "Missing"}`:                 "reference Missing: no such resource",
		`{"Ref": "AWS::NoValue"}`:            "reference AWS::NoValue",
		`{"Fn::GetAtt": ["Bucket", "Arn"]}`:  "Fn::GetAtt Bucket.Arn",
		`{"Fn::ImportValue": "other-stack"}`: "Fn::ImportValue of other-stack: not evaluated",
		`{"Fn::If": ["Yes", 1, 2]}`:          "Fn::If",
		`{"Fn::Sub": "${Missing}"}`:          "reference Missing",
		`{"Fn::Join": ["", [{"A": 1}]]}`:     "want a string",
		`{"Deep": [{"Ref": "AlsoMissing"}]}`: "reference AlsoMissing",
	} {
		if _, err := tpl.resolve(parse(t, text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", text, err, want)
		}
	}
}

// part is what a package models of a resource type.
type part struct {
	Name  string
	Rules []struct {
		Origin string
		ID     NotEnforced `why:"only people read it"`
	}
	Access struct {
		Blocked Fixed `want:"true"`
	}
	Encryption NotEnforced `why:"plain files"`
	SignUp     Fixed       `want:"off" option:"selfSignUp" why:"nobody signs up"`
}

func TestDecodeStopsAtEveryPropertyThatTheStructDoesNotHave(t *testing.T) {
	for _, c := range []struct{ name, properties, want string }{
		{"known", `{"Name": "n", "Rules": [{"Origin": "o"}], "Access": {"Blocked": true}}`, ""},
		{"a boolean in quotes", `{"Access": {"Blocked": "true"}}`, ""},
		{"unknown property", `{"Website": {"Index": "i"}}`, `A (T): property not modelled by the local run: json: unknown field "Website"`},
		{"unknown below a list", `{"Rules": [{"Origin": "o"}, {"Methods": ["GET"]}]}`, `unknown field "Methods"`},
		{"another value than the one", `{"Access": {"Blocked": false}}`, "A (T): property Access.Blocked is false: the local run models true only"},
		{"a reference to nothing", `{"Name": {"Ref": "B"}}`, "A (T): reference B"},
	} {
		tpl := mustLoad(t, `{"Resources": {"A": {"Type": "T", "Properties": `+c.properties+`}}}`)
		var got part
		err := tpl.Decode(tpl.Resources("T")[0], &got)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
		if c.name == "known" && (got.Name != "n" || got.Rules[0].Origin != "o") {
			t.Errorf("got %+v, want n and o", got)
		}
	}
}

func TestWhatIsNotEnforcedIsListedOnce(t *testing.T) {
	tpl := mustLoad(t, `{"Resources": {
		"B": {"Type": "T", "Properties": {"Encryption": {"Key": "k"}, "SignUp": "on", "Rules": [{"ID": 1}, {"ID": 2}]}},
		"A": {"Type": "T", "Properties": {"Encryption": {"Key": "k"}, "SignUp": "off"}},
		"C": {"Type": "Alarm", "Properties": {"Anything": 1}},
		"D": {"Type": "U"}}}`)
	for _, r := range tpl.Resources("T") {
		if err := tpl.Decode(r, &part{}); err != nil {
			t.Fatal(err)
		}
	}
	tpl.Ignore("Alarm", "alarms", "nothing is measured")
	tpl.Ignore("Queue", "events", "no events are sent")
	want := []NotEnforcedProperty{
		{"Alarm", "", "nothing is measured", "alarms"}, {"T", "Encryption", "plain files", ""},
		{"T", "Rules.ID", "only people read it", ""}, {"T", "SignUp", "nobody signs up", "selfSignUp"},
	}
	if got := tpl.NotEnforced(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if err := tpl.Unread(); err == nil || !strings.HasSuffix(err.Error(), "does not model: D (U)") {
		t.Errorf("got %v, want D, which nobody decodes or ignores", err)
	}
}

func TestLoadRefusesWhatItDoesNotRead(t *testing.T) {
	for text, want := range map[string]string{
		`{"Transform": "AWS::Serverless-2016-10-31", "Resources": {}}`:  `"Transform"`,
		`{"Conditions": {"Yes": {}}, "Resources": {}}`:                  `"Conditions"`,
		`{"Resources": {"A": {"Type": "T", "Condition": "Yes"}}}`:       `"Condition"`,
		`{"Resources": {"A": {"Type": "T", "UpdatePolicy": {"x": 1}}}}`: `"UpdatePolicy"`,
	} {
		if _, err := load(t, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %s", text, err, want)
		}
	}
	if _, err := Load(t.TempDir()); err == nil || !strings.Contains(err.Error(), "no cloud assembly") {
		t.Errorf("empty folder: got %v", err)
	}
}
