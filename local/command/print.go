package command

import (
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
	"time"

	"example.com/presigned/local/stack"
	assembly "example.com/presigned/local/template"
)

// printNotServed prints a line for each option of the stage that the local run does not serve.
func printNotServed(w io.Writer, list []assembly.NotEnforcedProperty) {
	reasons := map[string]string{}
	for _, n := range list {
		if n.Option != "" {
			reasons[n.Option] = n.Reason
		}
	}
	for _, option := range slices.Sorted(maps.Keys(reasons)) {
		_, _ = fmt.Fprintf(w, "the local run does not serve the stage's option %s: %s\n", option, reasons[option])
	}
}

// printNotEnforced lists the properties of the template that have no effect on this machine.
func printNotEnforced(w io.Writer, list []assembly.NotEnforcedProperty) {
	_, _ = fmt.Fprintln(w, "not enforced locally:")
	for _, n := range list {
		_, _ = fmt.Fprintf(w, "  %s: %s\n", strings.TrimSpace(n.Type+" "+n.Property), n.Reason)
	}
}

// summary is what `local run` prints when it is ready. The commands in it work when pasted into a shell; those with curl need
// the stage's option passwordAuth, and a stage that allows application/json.
const summary = `{{.Name}} runs on this machine, ready in {{.Took}}. Ctrl-C ends it.

{{with .PageURL}}  page       {{.}}
{{end}}  API        {{.APIURL}}
  user       {{.Username}}
  password   {{.Password}}

With the command line, in another terminal:

{{with .Export}}  export PRESIGNED_OUTPUTS={{.}}
{{end}}  build/presigned login {{.Username}}
  build/presigned upload examples/banana.json
  build/presigned list

With curl: sign in, ask for a URL, and send the file to it with the headers of the answer:

  TOKEN=$(curl -sS {{.CognitoURL}}/ -H 'Content-Type: application/x-amz-json-1.1' \
    -H 'X-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth' \
    -d '{"AuthFlow":"USER_PASSWORD_AUTH","ClientId":"{{.AppClientID}}","AuthParameters":{"USERNAME":"{{.Username}}","PASSWORD":"{{.Password}}"}}' \
    | sed -E 's/.*"AccessToken":"([^"]+)".*/\1/')
  ANSWER=$(curl -sS {{.UploadURL}} -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \
    -d '{"filename":"banana.json"}'); echo "$ANSWER"
  curl -sS -T examples/banana.json -H 'Content-Type: application/json' -H 'If-None-Match: *' -w 'S3 answered %{http_code}\n' \
    "$(echo "$ANSWER" | sed -E 's/.*"url":"([^"]+)".*/\1/')"

Then {{with .PageURL}}the page and {{end}}build/presigned list show the file.
`

// more is what --verbose adds.
const more = `
  S3         {{.S3URL}}
  Cognito    {{.CognitoURL}}
  bucket     {{.Bucket}}
{{with .OutputsFile}}  outputs    {{.}}
{{end}}
Look into the bucket with any S3 client:

  AWS_ACCESS_KEY_ID={{.AccessKeyID}} AWS_SECRET_ACCESS_KEY={{.SecretAccessKey}} AWS_REGION={{.Region}} \
    aws s3api list-objects-v2 --endpoint-url {{.S3URL}} --bucket {{.Bucket}}

`

func printSummary(w io.Writer, s *stack.Stack, took time.Duration, verbose bool) error {
	text := summary
	if verbose {
		text += more
	}
	export := s.Summary.OutputsFile // empty if the command line finds the file by itself
	if strings.HasSuffix(filepath.ToSlash(export), "/build/local-outputs.json") {
		export = ""
	}
	return template.Must(template.New("summary").Parse(text)).Execute(w, struct {
		stack.Summary
		Name, Export string
		Took         time.Duration
	}{s.Summary, s.Name(), export, took.Round(time.Millisecond)})
}
