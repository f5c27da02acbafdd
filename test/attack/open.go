package attack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/presigned/client/settings"
	"example.com/presigned/lambda/operation"
	"example.com/presigned/test/harness"
)

// Config says which stack to open, and with which users or credentials.
type Config struct {
	Outputs string // file that `cdk deploy --outputs-file` wrote, or the local run
	Users   []Login
	AWS     *aws.Config // an administrator's, to make two users with; nil if Users has two
}

// Login is a user who exists already.
type Login struct{ Username, Password string }

// scanning is how long GuardDuty may take for a small object. It needs seconds, and documents minutes.
const scanning = 2 * time.Minute

// outputs are the stack's outputs that no client needs.
type outputs struct {
	BucketName string
	LocalS3URL string `json:"LocalS3Url"`
}

// Open signs in two users, and finds out what the stack offers. It makes the users if the configuration names none. After an
// error it leaves nothing in the stack.
func Open(ctx context.Context, c Config) (_ *Target, err error) {
	s, err := settings.Load(settings.Source{Outputs: c.Outputs, Env: os.Getenv})
	if err != nil {
		return nil, err
	}
	more, err := readOutputs(c.Outputs)
	if err != nil {
		return nil, err
	}
	x := &Target{
		UploadURL: s.UploadURL, DownloadURL: s.DownloadURL, DeleteURL: s.DeleteURL, Region: s.Region, UserPoolID: s.UserPoolID, AppClientID: s.AppClientID,
		CognitoURL: s.CognitoURL, Bucket: more.BucketName, Lacks: map[Need]string{}, made: newMade(),
	}
	if !s.Local() {
		x.CognitoURL = "https://cognito-idp." + s.Region + ".amazonaws.com"
	}
	x.HTTP = harness.NewClient(nil)
	logins := c.Users
	if c.AWS != nil {
		x.administer(*c.AWS, more.LocalS3URL)
	}
	defer func() {
		if err != nil {
			_, closing := x.Close(context.WithoutCancel(ctx))
			err = errors.Join(err, closing)
		}
	}()
	if len(logins) == 0 {
		if x.admin == nil {
			return nil, errors.New("no users: want AWS credentials to make two with, or two usernames and passwords")
		}
		if logins, err = x.admin.makeUsers(ctx); err != nil {
			return nil, err
		}
	}
	return x, x.meet(ctx, logins, s.Local())
}

func readOutputs(file string) (outputs, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return outputs{}, fmt.Errorf("outputs file: %w", err)
	}
	var stacks map[string]outputs
	if err := json.Unmarshal(text, &stacks); err != nil {
		return outputs{}, fmt.Errorf("outputs file %q: %w", file, err)
	}
	for _, stack := range stacks {
		if stack.BucketName != "" {
			return stack, nil
		}
	}
	return outputs{}, fmt.Errorf("outputs file %q: no stack with the output BucketName", file)
}

// meet signs in the users and asks the stack what it offers.
func (x *Target) meet(ctx context.Context, logins []Login, local bool) (err error) {
	if x.Me, err = x.signIn(ctx, logins[0].Username, logins[0].Password); err != nil {
		return err
	}
	if x.Other, err = x.signIn(ctx, logins[1].Username, logins[1].Password); err != nil {
		return err
	}
	x.Me.Prefix, x.Other.Prefix = "johndoe", "alice" // until learn has the real ones
	t := &Try{Target: x, ctx: ctx}
	t.run(Row{Attack: func(t *Try) harness.Answer {
		t.learn()
		return harness.Answer{}
	}})
	if t.stopped {
		return errors.New(strings.Join(t.failures, "; "))
	}
	if !strings.HasPrefix(x.BucketURL, "https://") {
		x.Lacks[HTTPS] = "the stack is served over plain HTTP"
	}
	if !local {
		x.Patience = scanning
	}
	switch {
	case local:
		x.Lacks[Signer], x.Lacks[Time] = "an emulator's root user bypasses the bucket policy", "an emulator's clock proves nothing about AWS"
	case x.admin == nil:
		x.Lacks[Signer] = "no AWS credentials were given"
	default:
		x.Signer = x.admin.credentials
	}
	return nil
}

// learn asks for one URL of each kind, and uses none of them.
func (x *Try) learn() {
	x.learnTypes()
	own := x.put(sized(1))
	other := x.presign(x.UploadURL, x.Other.AccessToken, sized(1))
	address, _, _ := strings.Cut(own.URL, "?")
	x.BucketURL = strings.TrimSuffix(address, "/"+own.Key)
	x.Me.Prefix, _, _ = strings.Cut(own.Key, "/")
	x.Other.Prefix, _, _ = strings.Cut(other.Key, "/")
	if x.Me.Prefix == x.Other.Prefix {
		x.Fatalf("both users write below %s/: want two users", x.Me.Prefix)
	}
	started := x.ask(x.UploadURL, x.Me.AccessToken, `{"operation":"createMultipartUpload","contentType":"text/plain"}`)
	var p harness.Presigned
	if started.Status == http.StatusOK && json.Unmarshal(started.Body, &p) == nil {
		x.PartSize, x.MaxUploadBytes = p.PartSize, p.MaxUploadBytes
	} else {
		x.Lacks[Multipart] = "the stage answers " + started.Code()
	}
	if x.MaxUploadBytes == 0 {
		x.Lacks[Bounded] = "the stage names none"
	}
	if x.DownloadURL == "" {
		x.Lacks[Downloads], x.Lacks[Listing] = "the stage has no such route", "the stage has no route for it"
	} else if a := x.ask(x.DownloadURL, x.Me.AccessToken, listAll); a.Status != http.StatusOK {
		x.Lacks[Listing] = "the stage answers " + a.Code()
	}
	if x.DeleteURL == "" {
		x.Lacks[Deletion] = "the stage has no such route"
	}
	x.learnOrigin()
}

// learnTypes finds a content type that the stage accepts, and whether it refuses any.
func (x *Try) learnTypes() {
	granted := func(contentType string) bool {
		x.ContentType = contentType
		a := x.ask(x.UploadURL, x.Me.AccessToken, sized(1))
		if a.Status != http.StatusOK && a.Code() != "ContentTypeNotAllowed" {
			x.Fatalf("presign an upload of %s: got %d %s", contentType, a.Status, a.Body)
		}
		return a.Status == http.StatusOK
	}
	if granted("application/x-acceptance") {
		x.Lacks[Types] = "the stage takes any"
	}
	for _, usual := range []string{"text/plain", "application/json", "image/png", "application/pdf", "text/csv", "video/mp4", "application/octet-stream"} {
		if granted(usual) {
			return
		}
	}
	x.Fatalf("the stage takes none of the usual content types")
}

// learnOrigin finds an origin that the stage allows: the one that its preflight names, or localhost.
func (x *Try) learnOrigin() {
	const local = "http://localhost:5173"
	a := x.preflight(x.URL(operation.Upload), "POST", local)
	switch allowed := a.Header.Get(allowOrigin); {
	case a.Status >= http.StatusMultipleChoices:
		x.Lacks[Origins] = "the stage allows none"
	case allowed == "" || allowed == "*":
		x.Origin = local
	default:
		x.Origin = allowed
	}
}
