// Configure writes the file of a new stage. It asks for the values that only you know, and copies the rest from prod.
//
//	make configure                                          asks
//	make configure STAGE=acme ORIGINS=https://app.acme.io   asks for the others
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/presigned/infra/stage"
)

// question fills one field of the stage. An empty answer leaves the field out.
type question struct {
	variable string // if make or the environment sets it, the question is not asked
	field    string
	list     bool   // the answer is separated by commas
	after    string // a field without which the question is not asked
	text     string
}

var questions = []question{
	{"ORIGINS", "allowedOrigins", true, "", "Pages that may call, such as https://app.acme.io,https://admin.acme.io (Enter: no page)"},
	{"USER_POOL_ARN", "userPoolArn", false, "", "ARN of an existing user pool (Enter: a new one)"},
	{"APP_CLIENT_IDS", "appClientIds", true, "userPoolArn", "IDs of its app clients, separated by commas"},
	{"DOMAIN_NAME", "domainName", false, "", "Domain name of the API (Enter: API Gateway's own)"},
	{"CERTIFICATE_ARN", "certificateArn", false, "domainName", "ARN of its ACM certificate, in the stack's region"},
	{"HOSTED_ZONE_ID", "hostedZoneId", false, "domainName", "ID of its Route 53 hosted zone"},
	{"HOSTED_ZONE_NAME", "hostedZoneName", false, "domainName", "Name of the hosted zone"},
	{"ALARM_TOPIC_ARN", "alarmTopicArn", false, "", "ARN of the SNS topic that gets the alarms (Enter: none)"},
}

func main() {
	err := configure(cmp.Or(os.Getenv("STAGES"), "stages"), os.LookupEnv, os.Stdin, os.Stderr)
	if err != nil {
		fmt.Fprintf(os.Stderr, "error: %v\n", err)
		os.Exit(1)
	}
}

// configure writes a file below dir. It takes answers from the environment, and asks for those that are missing.
func configure(dir string, lookup func(string) (string, bool), in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	unanswered := map[string]bool{}
	ask := func(variable, text string) string {
		answer, given := lookup(variable)
		if !given {
			_, _ = fmt.Fprintf(out, "%s: ", text) // the answer counts even if the question can't be printed
			if lines.Scan() {
				answer = lines.Text()
			} else {
				_, _ = fmt.Fprintln(out) // the input ended without a line break
				unanswered[variable] = true
			}
		}
		return strings.TrimSpace(answer)
	}
	name := ask("STAGE", "Name of the stage, such as prod")
	if name == "" {
		return errors.New("no stage name: want one, such as make configure STAGE=prod")
	}
	if _, err := stage.Parse(name, []byte("{}"), ""); err != nil {
		return err
	}
	file := filepath.Join(dir, name+".json")
	fields, err := startingFields(dir, name)
	if err != nil {
		return err
	}
	for _, q := range questions {
		if q.after == "" || fields[q.after] != nil {
			q.fill(fields, ask)
		} else {
			delete(fields, q.field)
			if value, _ := lookup(q.variable); value != "" {
				return fmt.Errorf("%s is set to %q, and %s is not set: want both, or neither", q.variable, value, q.after)
			}
		}
	}
	if unanswered["ORIGINS"] {
		return errors.New("no answer for the pages that may call: want ORIGINS, which may be empty")
	}
	if fields["userPoolArn"] != nil {
		s, _ := stage.Parse(name, jsonObject(fields), "") // errors are reported below
		for _, field := range s.ChangedOwnPoolFields() {
			delete(fields, field)
			_, _ = fmt.Fprintf(out, "left out %s: it configures a pool of the stack's own\n", field)
		}
	}
	text := jsonObject(fields)
	s, err := stage.Parse(name, text, "")
	if err := cmp.Or(err, s.CheckPlaceholders()); err != nil {
		return fmt.Errorf("%w\nhint: %s was not changed; answer again", err, file)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // it has no secrets
		return err
	}
	if err := os.WriteFile(file, text, 0o644); err != nil { //nolint:gosec // it has no secrets
		return err
	}
	_, err = fmt.Fprintf(out, "wrote %s; next: make synth STAGE=%s\n", file, name)
	return err
}

// fill puts the answer into its field, or leaves the field out.
func (q question) fill(fields map[string]json.RawMessage, ask func(variable, text string) string) {
	answer := ask(q.variable, q.text)
	var value any = answer
	if q.list {
		value = strings.FieldsFunc(answer, func(r rune) bool { return r == ',' || r == ' ' })
	}
	delete(fields, q.field)
	if answer != "" {
		fields[q.field], _ = json.Marshal(value) // a string or a list of strings
	}
}

// startingFields are the fields of the stage's own file if it has placeholders, or those of prod for a new stage.
func startingFields(dir, name string) (map[string]json.RawMessage, error) {
	from := name
	if !slices.Contains(stage.Names(dir), name) {
		from = "prod"
		if !slices.Contains(stage.Names(dir), from) {
			dir = "stages" // a folder of your own may have no stage yet
		}
	}
	s, err := stage.Load(dir, from, "")
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, from+".json")
	if from == name && s.CheckPlaceholders() == nil {
		return nil, fmt.Errorf("stage %q has no placeholder to fill in: edit %s", name, file)
	}
	text, err := os.ReadFile(file) //nolint:gosec // whoever deploys names it
	if err != nil {
		return nil, err
	}
	fields := map[string]json.RawMessage{}
	return fields, json.Unmarshal(text, &fields)
}

// jsonObject is the JSON object of the fields in the order of the struct, one on each line.
func jsonObject(fields map[string]json.RawMessage) []byte {
	var lines [][]byte
	for _, name := range stage.Fields() {
		if value, ok := fields[name]; ok {
			lines = append(lines, fmt.Appendf(nil, "  %q: %s", name, value))
		}
	}
	return fmt.Appendf(nil, "{\n%s\n}\n", bytes.Join(lines, []byte(",\n")))
}
