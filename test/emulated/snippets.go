package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var (
	// A fenced block of any language: what is no command has to say so in notRun.
	block = regexp.MustCompile("(?ms)^( *)```[a-z]*\n(.*?)^ *```$")
	// A command in a sentence or a table, with an argument at least.
	inline = regexp.MustCompile("`((?:aws|make|npx|git|build/presigned) [^`\n]+)`")
)

// documents is the snippets of the documents, each to be run or to be excused.
type documents struct {
	snippets []string
	done     map[string]bool
}

func readDocuments(root string) (*documents, error) {
	d := &documents{done: map[string]bool{}}
	var pages strings.Builder
	for _, name := range []string{"deploy.md", "runbook.md", "adopt.md"} {
		text, err := os.ReadFile(filepath.Join(root, "docs", name))
		if err != nil {
			return nil, err
		}
		pages.WriteString(string(text) + "\n")
	}
	for _, snippet := range snippets(pages.String()) {
		if !slices.Contains(d.snippets, snippet) { // in two places, and run once
			d.snippets = append(d.snippets, snippet)
		}
	}
	return d, d.excuse(notRun())
}

// snippets returns the blocks and commands of a document. A command that a block has too counts once.
func snippets(text string) []string {
	var found []string
	for _, m := range block.FindAllStringSubmatch(text, -1) {
		found = append(found, strings.ReplaceAll("\n"+m[2], "\n"+m[1], "\n")[1:])
	}
	blocks := "\n" + strings.Join(found, "\n")
	for _, m := range inline.FindAllStringSubmatch(block.ReplaceAllString(text, ""), -1) {
		if !strings.Contains(blocks, "\n"+m[1]) {
			found = append(found, m[1])
		}
	}
	return found
}

// take returns the one snippet that begins so, and notes that it is dealt with.
func (d *documents) take(beginning string) (string, error) {
	var found []string
	for _, snippet := range d.snippets {
		if strings.HasPrefix(snippet, beginning) {
			found = append(found, snippet)
		}
	}
	if len(found) != 1 {
		return "", fmt.Errorf("the documents have %d snippets that begin with %q, want one: %q", len(found), beginning, found)
	}
	d.done[found[0]] = true
	return found[0], nil
}

// excuse takes the snippets that are not run.
func (d *documents) excuse(reasons map[string]string) error {
	var unknown []error
	for _, beginning := range slices.Sorted(maps.Keys(reasons)) {
		_, err := d.take(beginning)
		unknown = append(unknown, err)
	}
	return errors.Join(unknown...)
}

// finished fails if a snippet was neither run nor excused.
func (d *documents) finished() error {
	var forgotten []error
	for _, snippet := range d.snippets {
		if !d.done[snippet] {
			forgotten = append(forgotten, fmt.Errorf("nobody runs this snippet of the documents, and notrun.go gives no reason:\n%s", snippet))
		}
	}
	return errors.Join(forgotten...)
}

// follow runs the snippet of the documents that begins so, as its reader would: with what it leaves open filled in.
func (s *story) follow(beginning string) (string, error) {
	snippet, err := s.documents.take(beginning)
	if err != nil {
		return "", err
	}
	return s.shell.enter(s.substitutions().Replace(snippet))
}

// substitutions is what a reader puts in the place of the documents' placeholders and examples.
func (s *story) substitutions() *strings.Replacer {
	return strings.NewReplacer(
		"AWS_PROFILE=...", "AWS_PROFILE="+stage, "AWS_REGION=...", "AWS_REGION="+region, "111122223333", account,
		"PresignedUploads-prod", stackName, "outputs-dev.json", "outputs-"+stage+".json",
		"<UserPoolId>", s.deployment.UserPoolID, "<BucketName>", s.deployment.BucketName,
		"<AccessLogBucketName>", s.deployment.AccessLogs,
		"<Machine<Name>SecretArn>", s.deployment.SecretARN, "<ARN>", s.deployment.SecretARN,
		"login janedoe", `login janedoe --password-stdin <<<"$PASSWORDS"`,
		// An object of johndoe's, where the snippet names none.
		"--bucket ... --key ...", `--bucket "$BUCKET" --key "$KEY"`,
		"johndoe/1595114575104", s.lastKey(), "--version-id ... restored", `--version-id "$VERSION" `+filepath.Join(s.emulator.scratch, "restored"),
		"--body restored", "--body "+filepath.Join(s.emulator.scratch, "restored"),
		// A description replaces no function of MiniStack's, whereas its timeout does, though it stays 3 s.
		`--description "sessions`, `--timeout 3 --description "sessions`,
		"doomed.json", filepath.Join(s.emulator.scratch, "doomed.json"),
		// MiniStack does not know the provider; the document says how to give one that is there.
		"Repository=", "ProviderArn=arn:aws:iam::"+account+":oidc-provider/token.actions.githubusercontent.com Repository=",
	)
}

// assign gives a variable of the shell a value, for its commands too.
func (s *story) assign(name, value string) error {
	_, err := s.shell.enter("export " + name + "='" + strings.ReplaceAll(value, "'", `'\''`) + "'")
	return err
}

// lastKey is the key of the last upload, which is versioned.
func (s *story) lastKey() string {
	if len(s.uploads) == 0 {
		return ""
	}
	return s.uploads[len(s.uploads)-1].key
}
