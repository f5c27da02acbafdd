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
			          "properties": {"templateFile": "t.json", "stackName": "Uploads-dev"}},
			"Assets": {"type": "cdk:asset-manifest", "properties": {"file": "a.json"}}}}`,
		"a.json": `{"files": {"abc": {"source": {"path": "asset.abc"}, "destinations": {"d": {"objectKey": "abc.zip"}}}}}`,
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

const withEverything = `{
	"Parameters": {"Size": {"Type": "Number", "Default": 5}, "Secret": {"Type": "String"}},
	"Mappings": {"M": {"us-east-1": {"Host": "east"}}},
	"Conditions": {
		"Yes": {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]},
		"No": {"Fn::Not": [{"Condition": "Yes"}]},
		"Either": {"Fn::Or": [{"Condition": "No"}, {"Condition": "Yes"}]},
		"Both": {"Fn::And": [{"Condition": "No"}, {"Condition": "Yes"}]}
	},
	"Resources": {
		"Bucket": {"Type": "T", "Properties": {"On": "true", "Count": "7"}},
		"Never": {"Type": "T", "Condition": "No", "Properties": {"Odd": 1}}
	},
	"Outputs": {
		"Url": {"Value": {"Fn::Sub": "https://${Bucket}.example.com"}},
		"Hidden": {"Value": "x", "Condition": "No"}
	}
}`

func TestIntrinsicFunctionsGiveWhatCloudFormationGives(t *testing.T) {
	tpl := mustLoad(t, withEverything)
	tpl.SetID("Bucket", "b", map[string]string{"Arn": "arn:aws:s3:::b"})
	for text, want := range map[string]any{
		`{"Ref": "Bucket"}`:                 "b",
		`{"Ref": "Size"}`:                   5.0,
		`{"Ref": "AWS::AccountId"}`:         "000000000000",
		`{"Ref": "AWS::StackName"}`:         "Uploads-dev",
		`{"Fn::GetAtt": ["Bucket", "Arn"]}`: "arn:aws:s3:::b",
		`{"Fn::GetAtt": "Bucket.Arn"}`:      "arn:aws:s3:::b",
		`{"Fn::Join": ["", [{"Fn::GetAtt": ["Bucket", "Arn"]}, "/*"]]}`:    "arn:aws:s3:::b/*",
		`{"Fn::Join": [",", {"Fn::Split": ["-", "a-b"]}]}`:                 "a,b",
		`{"Fn::Select": ["1", ["x", "y"]]}`:                                "y",
		`{"Fn::Sub": "${AWS::Region}/${Bucket.Arn}/${!Literal}"}`:          "us-east-1/arn:aws:s3:::b/${Literal}",
		`{"Fn::Sub": ["${Own}-${Size}", {"Own": {"Ref": "Bucket"}}]}`:      "b-5",
		`{"Fn::If": ["Yes", "then", {"Ref": "Missing"}]}`:                  "then",
		`{"Fn::If": ["Both", "then", "else"]}`:                             "else",
		`{"Fn::If": ["Either", "then", "else"]}`:                           "then",
		`{"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "Host"]}`:         "east",
		`{"A": {"Ref": "AWS::NoValue"}, "B": [{"Ref": "AWS::NoValue"}]}`:   map[string]any{"B": []any{}},
		`{"Condition": {"StringEquals": {"s3:authType": "POST"}}, "X": 1}`: map[string]any{"Condition": map[string]any{"StringEquals": map[string]any{"s3:authType": "POST"}}, "X": 1.0},
	} {
		got, err := tpl.Resolve(parse(t, text))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, %v, want %v", text, got, err, want)
		}
	}
}

func TestWhatCannotBeEvaluatedIsAnError(t *testing.T) {
	tpl := mustLoad(t, withEverything)
	for text, want := range map[string]string{
		`{"Ref": "Bucket"}`:                  "reference Bucket: the local run gives no such value for T",
		`{"Ref": "Missing"}`:                 "reference Missing: no such resource",
		`{"Ref": "Secret"}`:                  "parameter Secret: has no default",
		`{"Fn::GetAtt": ["Bucket", "Arn"]}`:  "Fn::GetAtt Bucket.Arn",
		`{"Fn::ImportValue": "other-stack"}`: "Fn::ImportValue: not evaluated locally",
		`{"Fn::Select": [2, ["a"]]}`:         "no element 2",
		`{"Fn::If": ["Missing", 1, 2]}`:      "condition Missing: not in the template",
		`{"Fn::Sub": "${Open"}`:              "no closing brace",
		`{"Fn::Join": ["", [{"A": 1}]]}`:     "want a string",
		`{"Fn::FindInMap": ["M", "x", "y"]}`: "no M.x.y",
		`{"Deep": [{"Ref": "AlsoMissing"}]}`: "reference AlsoMissing",
	} {
		if _, err := tpl.Resolve(parse(t, text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", text, err, want)
		}
	}
}

func TestResourcesWhoseConditionDoesNotHoldDoNotExist(t *testing.T) {
	tpl := mustLoad(t, withEverything)
	if got := tpl.Resources("T"); len(got) != 1 || got[0].LogicalID != "Bucket" {
		t.Errorf("got %v, want Bucket only", got)
	}
	if _, err := tpl.Check(Coverage{"T": {Modelled: []string{"On", "Count"}}}); err != nil {
		t.Errorf("got %v: a resource that does not exist needs no coverage", err)
	}
	tpl.SetID("Bucket", "b", nil)
	outputs, err := tpl.Outputs()
	if want := map[string]string{"Url": "https://b.example.com"}; err != nil || !reflect.DeepEqual(outputs, want) {
		t.Errorf("outputs: got %v, %v, want %v", outputs, err, want)
	}
}

func TestDecodeTakesNumbersAndBooleansWrittenAsStrings(t *testing.T) {
	tpl := mustLoad(t, withEverything)
	r, _ := tpl.Resource("Bucket")
	var got struct {
		On    Bool
		Count Int
	}
	if err := tpl.Decode(r, &got); err != nil || !bool(got.On) || got.Count != 7 {
		t.Errorf("got %+v, %v, want true and 7", got, err)
	}
}

func TestAnAssetIsFoundByItsObjectKey(t *testing.T) {
	tpl := mustLoad(t, withEverything)
	if path, err := tpl.Asset("abc.zip"); err != nil || filepath.Base(path) != "asset.abc" || !filepath.IsAbs(path) {
		t.Errorf("got %q, %v, want the absolute path of asset.abc", path, err)
	}
	if _, err := tpl.Asset("other.zip"); err == nil {
		t.Error("an unknown object key: got no error")
	}
}

func TestLoadRefusesWhatItDoesNotRead(t *testing.T) {
	for text, want := range map[string]string{
		`{"Transform": "AWS::Serverless-2016-10-31", "Resources": {}}`:  `"Transform"`,
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
