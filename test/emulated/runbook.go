package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"example.com/presigned/test/harness"
)

// firstUser is janedoe of docs/deploy.md. The CLI's sign-in and addresses are the shell's from here on.
func (s *story) firstUser(context.Context) error {
	s.emulator.secrets.Know("a password", s.password)
	if err := s.assign("PASSWORDS", "Only-for-the-1st-time\n"+s.password); err != nil {
		return err
	}
	if _, err := s.shell.enter("export " + s.variables("janedoe")); err != nil {
		return err
	}
	printed, err := s.follow("aws cognito-idp admin-create-user")
	if err == nil && !strings.Contains(printed, "janedoe/") {
		err = fmt.Errorf("the first upload printed %q, want a key of janedoe's", printed)
	}
	return err
}

// asides are commands that the documents name beside the way.
func (s *story) asides(context.Context) error {
	_, roles := s.follow("aws cloudformation deploy --stack-name github-deploy-dev")
	_, protection := s.follow("aws cloudformation update-termination-protection")
	return errors.Join(roles, protection)
}

func (s *story) look(context.Context) error {
	if _, err := s.follow("export AWS_PROFILE=...  AWS_REGION=...  STACK="); err != nil {
		return err
	}
	if _, err := s.follow("aws cloudwatch describe-alarms"); err != nil {
		return err
	}
	printed, err := s.shell.enter("output UserPoolId; physical Users AWS::Cognito::UserPool")
	if want := s.deployment.UserPoolID + "\n" + s.deployment.UserPoolID; err == nil && printed != want {
		err = fmt.Errorf("output and physical: got %q, want %q", printed, want)
	}
	return err
}

// stop expects that neither new URLs nor issued ones work while everything is stopped, and both do afterwards.
func (s *story) stop(ctx context.Context) error {
	token, issued, err := s.issued(ctx)
	if err != nil {
		return err
	}
	if _, err := s.follow("FUNCTION=$(physical UploadSigner"); err != nil {
		return err
	}
	if printed, err := s.follow("aws lambda get-function-concurrency"); err != nil || !strings.Contains(printed, `"ReservedConcurrentExecutions": 0`) {
		return fmt.Errorf("concurrency when stopped: got %q (%v), want 0", printed, err)
	}
	if a, err := s.ask(ctx, token); err != nil || a.Status < http.StatusBadRequest {
		return fmt.Errorf("presign when stopped: got status %d (%v), want a refusal", a.Status, err)
	}
	if err := s.put(ctx, issued, http.StatusForbidden); err != nil {
		return fmt.Errorf("when stopped: %w", err)
	}
	if _, err := s.follow("aws lambda delete-function-concurrency"); err != nil {
		return err
	}
	return s.works(ctx, token)
}

// rotate ends the sessions that the function had, and what they signed with them.
func (s *story) rotate(ctx context.Context) error {
	token, issued, err := s.issued(ctx)
	if err != nil {
		return err
	}
	if _, err := s.follow("aws iam put-role-policy"); err != nil {
		return err
	}
	if err := s.put(ctx, issued, http.StatusForbidden); err != nil {
		return fmt.Errorf("of an ended session: %w", err)
	}
	if _, err := s.follow("aws secretsmanager put-secret-value"); err != nil {
		return err
	}
	if printed, err := s.follow("aws secretsmanager get-secret-value"); err != nil || !strings.Contains(printed, "...") {
		return fmt.Errorf("the machine client's secret: got %q (%v), want what was put", printed, err)
	}
	return s.works(ctx, token)
}

// issued returns a token and a URL, both good.
func (s *story) issued(ctx context.Context) (token string, url harness.Presigned, err error) {
	if token, err = s.accessToken(ctx); err != nil {
		return "", url, err
	}
	url, err = s.presign(ctx, token)
	return token, url, err
}

// works is an error unless a URL is issued and takes an object.
func (s *story) works(ctx context.Context, token string) error {
	issued, err := s.presign(ctx, token)
	if err != nil {
		return err
	}
	return s.put(ctx, issued, http.StatusOK)
}

// restore lets the user delete the last upload, and follows the runbook: under its key, and from its version under another.
func (s *story) restore(context.Context) error {
	last := s.uploads[len(s.uploads)-1]
	object := "--bucket " + s.deployment.BucketName + " --key " + last.key
	version, err := s.aws("s3api head-object %s --query VersionId --output text", object)
	if err != nil {
		return err
	}
	if _, err := s.presigned("delete %s", last.key); err != nil { // the bucket keeps it under a delete marker
		return err
	}
	if _, err := s.follow("BUCKET=$(output BucketName)  KEY="); err != nil {
		return err
	}
	if err := s.holds(last.key, last.content); err != nil {
		return fmt.Errorf("restored: %w", err)
	}
	if err := s.assign("VERSION", version); err != nil {
		return err
	}
	_, copying := s.follow("aws s3api get-object --bucket")
	_, tagging := s.follow("aws s3api get-object-tagging")
	return errors.Join(copying, tagging, s.holds("johndoe/restored-1", last.content))
}

// forget blocks johndoe, deletes what he has, and him. What is janedoe's stays.
func (s *story) forget(ctx context.Context) error {
	if _, err := s.follow("POOL=$(output UserPoolId)"); err != nil {
		return err
	}
	if _, err := s.accessToken(ctx); err == nil {
		return errors.New("a blocked user signed in")
	}
	if _, err := s.aws("s3api create-multipart-upload --bucket %s --key johndoe/started", s.deployment.BucketName); err != nil {
		return err
	}
	if _, err := s.follow("BUCKET=$(output BucketName)  PREFIX="); err != nil {
		return err
	}
	for prefix, want := range map[string]bool{"johndoe/": false, "janedoe/": true} {
		if left, err := s.left(prefix); err != nil || left != want {
			return fmt.Errorf("versions or uploads below %s: got %t (%v), want %t", prefix, left, err, want)
		}
	}
	_, err := s.follow("aws cognito-idp admin-delete-user")
	return err
}

// presign asks the deployed endpoint for a URL to put an object of two bytes.
func (s *story) presign(ctx context.Context, token string) (put harness.Presigned, err error) {
	a, err := s.ask(ctx, token)
	if err == nil && a.Status != http.StatusOK {
		err = fmt.Errorf("presign: got status %d, want 200", a.Status)
	}
	if err != nil {
		return put, err
	}
	return put, json.Unmarshal(a.Body, &put)
}

func (s *story) ask(ctx context.Context, token string) (harness.Answer, error) {
	header := http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + token}}
	return s.exchange(ctx, http.MethodPost, s.deployment.UploadURL, header, `{"contentType":"application/json","contentLength":2}`)
}

// put sends an object by an issued URL.
func (s *story) put(ctx context.Context, issued harness.Presigned, want int) error {
	r := issued.Request(nil)
	a, err := s.exchange(ctx, r.Method, r.URL, r.Header, "{}")
	if err != nil || a.Status != want {
		return fmt.Errorf("put by an issued URL: got status %d (%v), want %d", a.Status, err, want)
	}
	return nil
}

// exchange sends one request, and searches a refusal for secrets.
func (s *story) exchange(ctx context.Context, method, url string, header http.Header, body string) (harness.Answer, error) {
	a, err := harness.ExchangeBy(ctx, s.emulator.client, method, url, header, []byte(body))
	if err == nil && a.Status >= http.StatusMultipleChoices {
		err = s.emulator.searched("a refusal", a.Body)
	}
	return a, err
}
