package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// story is what happens to one deployment, in order. Whatever the documents have a command for happens by that command.
type story struct {
	emulator   *emulator
	cdk        cdk
	outputs    string // file of the outputs, for the command line
	documents  *documents
	shell      *shell
	deployment deployment
	username   string
	password   string
	uploads    []upload
}

// upload is a file that was uploaded, and must stay as it is.
type upload struct {
	key     string
	content []byte
}

type chapter struct {
	title  string
	happen func(context.Context) error
}

func newStory(ctx context.Context, e *emulator, root string) (*story, error) {
	s := &story{
		emulator: e, cdk: cdk{root: root, emulator: e},
		username: "johndoe", password: newPassword(),
	}
	s.outputs = s.cdk.outputsFile(stage)
	if err := s.cdk.writeCredentials(); err != nil {
		return nil, err
	}
	var err error
	if s.documents, err = readDocuments(root); err != nil {
		return nil, err
	}
	s.shell, err = openShell(ctx, e, root, s.cdk.environment())
	return s, err
}

func (s *story) chapters() []chapter {
	return []chapter{
		{"deploy.md: bootstrap, synth, diff, deploy", s.deploy("export AWS_PROFILE=...  AWS_REGION=eu-central-1", nil)},
		{"deploy.md: the first user signs in by SRP, chooses a password and uploads", s.firstUser},
		{"an administrator makes a second user, who signs in", s.signUp},
		{"the CLI uploads a small file and one in parts; the bytes in the bucket are compared", s.uploadBoth},
		{"the CLI downloads them; the bytes are compared", s.downloadAll},
		{"deploy.md: a changed stage over it", s.deploy("make deploy CDK_FLAGS='--require-approval never'", changed)},
		{"the objects are still there, and the same sign-in uploads and downloads", s.goOn},
		{"the changes hold: listing is refused, uploads are versioned and announced in the queue", s.changes},
		{"deploy.md: roles for GitHub, the stack's protection", s.asides},
		{"runbook.md: a shell, and where to look", s.look},
		{"runbook.md: stop everything, and undo it", s.stop},
		{"runbook.md: rotate", s.rotate},
		{"runbook.md: a deleted object is restored", s.restore},
		{"runbook.md: a user is blocked, and his data deleted", s.forget},
		{"runbook.md: make acceptance, smoke and full", s.accept},
		{"deploy.md: a stage for a user pool that is there already; its user uploads", s.existingPool},
		{"adopt.md: the construct in another module's app; its user uploads", s.embed},
		{"deploy.md: the bucket is emptied; make destroy", s.destroy},
		{"every snippet of the documents was run, or is excused", func(context.Context) error { return s.documents.finished() }},
	}
}

// changed is what the second deployment changes in the dev stage: as many options as the emulator takes.
var changed = map[string]any{
	"listing": false, "versioned": true, "throttleRate": 20, "throttleBurst": 40,
	"kmsKey": true, "serverAccessLogs": true, "uploadEvents": true,
	"signInDomain": "presigned-emulated", "machineClients": []string{"Reports"},
}

// withdrawn is the statement that the emulator cannot evaluate; notenforced.go says why.
const withdrawn = "DenySignersWithoutPresignedURL"

// deploy deploys as the snippet does, and takes over the outputs.
func (s *story) deploy(snippet string, changes map[string]any) func(context.Context) error {
	return func(context.Context) error {
		if err := s.cdk.writeStage(stage, changes); err != nil {
			return err
		}
		if _, err := s.follow(snippet); err != nil {
			return err
		}
		return s.readOutputs(stackName)
	}
}

// readOutputs takes over the outputs of a stack that was just deployed.
func (s *story) readOutputs(stack string) (err error) {
	if s.deployment, err = readDeployment(s.outputs, stack, s.emulator.url); err != nil {
		return err
	}
	return s.withdraw(withdrawn)
}

func (s *story) signUp(context.Context) error {
	temporary := newPassword()
	s.emulator.secrets.Know("a password", temporary, s.password)
	if _, err := s.aws("cognito-idp admin-create-user --user-pool-id %s --username %s --temporary-password '%s' --message-action SUPPRESS",
		s.deployment.UserPoolID, s.username, temporary); err != nil {
		return err
	}
	_, err := s.presigned("login %s --password-stdin <<<'%s\n%s'", s.username, temporary, s.password)
	return err
}

func (s *story) uploadBoth(context.Context) error {
	// Above 16 MiB the CLI uploads in parts.
	return errors.Join(s.upload("small", 100_000), s.upload("large", 20_000_000))
}

// upload uploads random bytes and looks at the object.
func (s *story) upload(name string, size int) error {
	content := make([]byte, size)
	_, _ = rand.Read(content) // never fails
	file := filepath.Join(s.emulator.scratch, name+".bin")
	if err := os.WriteFile(file, content, 0o644); err != nil {
		return err
	}
	key, err := s.uploadFile(file)
	if err != nil {
		return err
	}
	s.uploads = append(s.uploads, upload{key, content})
	return s.holds(key, content)
}

func (s *story) downloadAll(context.Context) error {
	folder, err := os.MkdirTemp(s.emulator.scratch, "downloads-")
	if err != nil {
		return err
	}
	for i, u := range s.uploads {
		file := filepath.Join(folder, strconv.Itoa(i+1))
		if _, err := s.presigned("download %s --output %s", u.key, file); err != nil {
			return err
		}
		if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, u.content) {
			return fmt.Errorf("download of %q: got other bytes than were uploaded (%w)", u.key, err)
		}
	}
	return nil
}

func (s *story) goOn(ctx context.Context) error {
	for _, u := range s.uploads {
		if err := s.holds(u.key, u.content); err != nil {
			return err
		}
	}
	return errors.Join(s.upload("later", 1_000), s.downloadAll(ctx))
}

func (s *story) changes(ctx context.Context) error {
	const want = "OperationNotEnabled"
	if text, err := s.presigned("list && exit 1 || true"); err != nil || !strings.Contains(text, want) {
		return fmt.Errorf("list: got %q and error %v, want %s", text, err, want)
	}
	last := s.uploads[len(s.uploads)-1].key
	if key, err := s.announced(ctx); err != nil || key != last {
		return fmt.Errorf("event of the last upload: got key %q and error %v, want %q", key, err, last)
	}
	versioning, err := s.aws("s3api get-bucket-versioning --bucket %s --query Status --output text", s.deployment.BucketName)
	if err == nil && versioning != "Enabled" {
		err = fmt.Errorf("versioning: got %q, want Enabled", versioning)
	}
	return err
}

// accept sends the rows of package attack, but for those that the emulator does not do.
func (s *story) accept(context.Context) error {
	if err := s.assign("ACCEPTANCE_SKIPS", filepath.Join(s.cdk.root, "test", "emulated", "acceptance-skips.json")); err != nil {
		return err
	}
	printed, err := s.follow("make acceptance ACCEPTANCE_PROFILE=smoke")
	for line := range strings.Lines(printed) {
		if !strings.HasPrefix(line, "ok ") { // what was not sent, and why
			fmt.Print(line)
		}
	}
	fmt.Println()
	return err
}

func (s *story) destroy(context.Context) error {
	// Nobody is at the terminal to be asked.
	if err := s.assign("CDK_FLAGS", "--force"); err != nil {
		return err
	}
	if _, err := s.follow("aws s3 rm"); err != nil {
		return err
	}
	buckets, err := s.aws("s3api list-buckets --query 'Buckets[].Name' --output text")
	if err == nil && (strings.Contains(buckets, "\t") || !strings.HasPrefix(buckets, "cdk-")) {
		err = fmt.Errorf("buckets after all: got %q, want CDK's own", buckets)
	}
	return err
}

// newPassword meets any password policy of Cognito.
func newPassword() string { return "aA1!" + rand.Text() }
