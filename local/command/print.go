package command

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"text/template"
	"time"

	"example.com/presigned/local/stack"
	assembly "example.com/presigned/local/template"
)

// lines keeps lines whole that several goroutines write.
type lines struct {
	mu sync.Mutex
	to io.Writer
}

func (l *lines) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to.Write(line)
}

// printNotEnforced lists what the template says and this machine does not do: one line for each property and
// reason, however many resources have it.
func printNotEnforced(w io.Writer, list []assembly.NotEnforced) {
	said := map[string]bool{}
	for _, n := range list {
		said[strings.TrimSuffix(n.Type+" "+n.Property, " ")+": "+n.Reason] = true
	}
	_, _ = fmt.Fprintln(w, "not enforced locally:")
	for _, line := range slices.Sorted(maps.Keys(said)) {
		_, _ = fmt.Fprintf(w, "  %s\n", line)
	}
}

// summary is what `local run` prints when it is ready. The commands in it work when pasted into a shell.
const summary = `{{.Name}} runs on this machine, ready in {{.Took}}. Ctrl-C ends it.

{{with .PageURL}}  page       {{.}}
{{end}}  API        {{.APIURL}}
  S3         {{.S3URL}}
  Cognito    {{.CognitoURL}}
  bucket     {{.Bucket}}
  user       {{.Username}}
  password   {{.Password}}
{{with .OutputsFile}}  outputs    {{.}}
{{end}}
Sign in, presign an upload, send a file by it:

  TOKEN=$({{.Curl}} {{.CognitoURL}}/ -H 'Content-Type: application/x-amz-json-1.1' \
    -H 'X-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth' \
    -d '{"AuthFlow":"USER_PASSWORD_AUTH","ClientId":"{{.AppClientID}}","AuthParameters":{"USERNAME":"{{.Username}}","PASSWORD":"{{.Password}}"}}' \
    | sed -E 's/.*"AccessToken":"([^"]+)".*/\1/')
  URL=$({{.Curl}} {{.UploadURL}} -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \
    -d '{"username":"{{.Username}}"}' | tee /dev/stderr | sed -E 's/.*"url":"([^"]+)".*/\1/')
  {{.Curl}} -i -X PUT "$URL" -H 'Content-Type: application/json' -H 'If-None-Match: *' -d '{"fruit":"banana"}'

Look into the bucket with any S3 client:

  AWS_ACCESS_KEY_ID={{.AccessKeyID}} AWS_SECRET_ACCESS_KEY={{.SecretAccessKey}} AWS_REGION={{.Region}} \
    aws s3api list-objects-v2 --endpoint-url {{.S3URL}} --bucket {{.Bucket}}
`

func printSummary(w io.Writer, s *stack.Stack, took time.Duration) error {
	curl := "curl -sS"
	if s.Summary.CAFile != "" {
		curl += " --cacert " + s.Summary.CAFile
	}
	return template.Must(template.New("summary").Parse(summary)).Execute(w, struct {
		stack.Summary
		Name, Curl string
		Took       time.Duration
	}{s.Summary, s.Name(), curl, took.Round(time.Millisecond)})
}
