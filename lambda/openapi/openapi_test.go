package openapi_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"gotest.tools/v3/golden"

	"example.com/presigned/lambda/openapi"
	"example.com/presigned/lambda/operation"
	"example.com/presigned/lambda/presigner"
)

const published = "../../docs/openapi.json"

// Each operation and each code that occurs is a custom metric of the dashboard, at $0.30 a month.
func TestTheCostsCountOperationsAndCodes(t *testing.T) {
	operations, codes := len(operation.Table()), len(presigner.Statuses())
	want := fmt.Sprintf("each operation (%d) and refusal code (%d) that occurs: at most $%.2f", operations, codes, 0.3*float64(operations+codes))
	if page, err := os.ReadFile("../../docs/costs.md"); err != nil || !strings.Contains(string(page), want) {
		t.Errorf("docs/costs.md: want %q, %v", want, err)
	}
}

// The one published document. Run `make golden` when it is stale.
func TestThePublishedDocumentIsCurrent(t *testing.T) {
	text, err := json.MarshalIndent(openapi.Document(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Assert(t, string(text)+"\n", filepath.Join("..", published))
}

func load(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile(published)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestTheDocumentIsValidOpenAPIWithValidExamples(t *testing.T) {
	if err := load(t).Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		t.Error(err)
	}
}

// Without "operation" a request means the route's first operation, and no other.
func TestARequestWithoutAnOperationMatchesOneSchema(t *testing.T) {
	body := load(t).Paths.Value(string(operation.Upload)).Post.RequestBody.Value
	if err := body.Content["application/json"].Schema.Value.VisitJSON(map[string]any{"username": "johndoe"}); err != nil {
		t.Error(err)
	}
}

func TestTheSchemasNameTheFieldsOfTheGoTypes(t *testing.T) {
	doc := load(t)
	for name, value := range map[string]any{"Answer": presigner.Answer{}, "Problem": presigner.Problem{}} {
		schema := doc.Components.Schemas[name].Value
		var fields []string
		required := map[string]bool{}
		for field := range reflect.TypeOf(value).Fields() {
			if !field.IsExported() {
				continue
			}
			tag, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			fields = append(fields, tag)
			required[tag] = options != "omitempty"
		}
		for property := range schema.Properties {
			if !slices.Contains(fields, property) {
				t.Errorf("%s: the document has %q, the Go type does not", name, property)
			}
			if got, want := slices.Contains(schema.Required, property), required[property]; got != want {
				t.Errorf("%s: %q required: got %t, want %t", name, property, got, want)
			}
		}
		if got, want := len(schema.Properties), len(fields); got != want {
			t.Errorf("%s: got %d properties, want %d", name, got, want)
		}
	}
}

// Generated clients for Go and Java use 32 bits for an integer without a format, and an object may have more bytes.
func TestIntegersOfMoreThan32BitsSaySo(t *testing.T) {
	found := 0
	for name, schema := range load(t).Components.Schemas {
		for _, property := range []string{"contentLength", "partSize", "maxUploadBytes"} {
			if field := schema.Value.Properties[property]; field != nil {
				found++
				if field.Value.Format != "int64" {
					t.Errorf("%s.%s: got format %q, want int64", name, property, field.Value.Format)
				}
			}
		}
	}
	if found < 4 {
		t.Errorf("got %d such fields, want those of putObject, uploadPart and the answers", found)
	}
}

// OpenAPI Generator's TypeScript client takes the first type, by name, whose required fields the request has.
func TestABatchsNameSortsBeforeTypesThatRequireNothing(t *testing.T) {
	for _, route := range operation.Routes() {
		var names []string
		for _, schema := range load(t).Paths.Value(string(route)).Post.RequestBody.Value.Content["application/json"].Schema.Value.OneOf {
			if len(schema.Value.Required) == 0 || slices.Contains(schema.Value.Required, "requests") {
				names = append(names, strings.ToLower(schema.Ref))
			}
		}
		if !strings.Contains(slices.Min(names), "batch") {
			t.Errorf("%s: got %v, want the batch before what requires nothing", route, names)
		}
	}
}
