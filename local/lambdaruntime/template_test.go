package lambdaruntime_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"example.com/presigned/local/lambdaruntime"
	"example.com/presigned/local/template"
)

// architecture is this machine's, in Lambda's word.
func architecture() string {
	return map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH]
}

// assembly is a cloud assembly with one function. Changes replace its properties; nil takes one away.
func assembly(t *testing.T, changes map[string]any) (tmpl *template.Template, asset string) {
	t.Helper()
	properties := map[string]any{
		"Architectures": []any{architecture()},
		"Code":          map[string]any{"S3Bucket": "assets", "S3Key": "abc.zip"},
		"Environment":   map[string]any{"Variables": map[string]any{"BUCKET": "uploads", "OPERATIONS": "putObject"}},
		"Handler":       "bootstrap",
		"LoggingConfig": map[string]any{"LogFormat": "JSON", "LogGroup": map[string]any{"Ref": "Logs"}},
		"MemorySize":    256, "Timeout": 7, "Runtime": "provided.al2023", "Role": "arn:aws:iam::000000000000:role/r",
	}
	for name, value := range changes {
		properties[name] = value
		if value == nil {
			delete(properties, name)
		}
	}
	dir := t.TempDir()
	write := func(name string, v any) {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	type object = map[string]any
	write("t.json", object{"Resources": object{
		"Signer": object{"Type": "AWS::Lambda::Function", "Properties": properties},
		"Logs":   object{"Type": "AWS::Logs::LogGroup", "Properties": object{"RetentionInDays": 7}},
	}})
	write("a.json", object{"files": object{"abc": object{
		"source": object{"path": "asset.abc"}, "destinations": object{"here": object{"objectKey": "abc.zip"}},
	}}})
	write("manifest.json", object{"artifacts": object{
		"test":   object{"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/eu-west-1", "properties": object{"templateFile": "t.json"}},
		"assets": object{"type": "cdk:asset-manifest", "properties": object{"file": "a.json"}},
	}})
	tmpl, err := template.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := lambdaruntime.Register(tmpl); err != nil {
		t.Fatal(err)
	}
	return tmpl, filepath.Join(dir, "asset.abc")
}

func fromTemplate(tmpl *template.Template) (lambdaruntime.Config, string, error) {
	return lambdaruntime.FromTemplate(tmpl, tmpl.Resources("AWS::Lambda::Function")[0])
}

func TestTheConfigurationIsTheTemplates(t *testing.T) {
	tmpl, asset := assembly(t, nil)
	got, role, err := fromTemplate(tmpl)
	if err != nil || role != "arn:aws:iam::000000000000:role/r" {
		t.Fatalf("got role %q, %v", role, err)
	}
	want := lambdaruntime.Config{
		Name: "test-Signer", Bootstrap: filepath.Join(asset, "bootstrap"), TaskRoot: asset, Handler: "bootstrap",
		Region: "eu-west-1", AccountID: "000000000000", LogGroup: "test-Logs", MemoryMB: 256, Timeout: 7 * time.Second,
		Environment: map[string]string{"BUCKET": "uploads", "OPERATIONS": "putObject"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestAFunctionThatCannotRunHereStopsTheStart(t *testing.T) {
	other := map[string]string{"x86_64": "arm64", "arm64": "x86_64"}[architecture()]
	for name, tc := range map[string]struct {
		changes map[string]any
		want    string
	}{
		"another processor": {map[string]any{"Architectures": []any{other}}, "-c architecture=" + architecture()},
		"no asset":          {map[string]any{"Code": map[string]any{"S3Key": "gone.zip"}}, "gone.zip"},
		"no resource":       {map[string]any{"Environment": map[string]any{"Variables": map[string]any{"A": map[string]any{"Ref": "Gone"}}}}, "Gone"},
	} {
		tmpl, _ := assembly(t, tc.changes)
		if _, _, err := fromTemplate(tmpl); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want an error that says %s", name, err, tc.want)
		}
	}
}

func TestPropertiesThatNobodyModelsStopTheStart(t *testing.T) {
	for property, value := range map[string]any{
		"Layers": []any{"arn"}, "VpcConfig": map[string]any{"SubnetIds": []any{"s"}}, "Runtime": "nodejs22.x",
		"PackageType": "Image", "ReservedConcurrentExecutions": 2, "DeadLetterConfig": map[string]any{"TargetArn": "arn"}, "KmsKeyArn": "arn",
	} {
		tmpl, _ := assembly(t, map[string]any{property: value})
		if _, _, err := fromTemplate(tmpl); err == nil || !strings.Contains(err.Error(), property) {
			t.Errorf("%s: got %v, want an error that names it", property, err)
		}
	}
}
