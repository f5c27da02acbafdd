package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/pquerna/otp/totp"
	"github.com/rogpeppe/go-internal/testscript"

	"example.com/presigned/client/signin"
)

// localRun is the local run, as it describes itself when it is ready.
type localRun struct {
	S3URL, CognitoURL, Region, UserPoolID, AppClientID, Username, Password, AccessKeyID, SecretAccessKey, OutputsFile string
}

// startLocalRun starts what `make build` made. It ends when its standard input closes, so it ends with the test.
func startLocalRun(t *testing.T) localRun {
	t.Helper()
	root := t.TempDir()
	c := exec.Command(built(t, "PRESIGNED_TEST_LOCAL", "local"), "run", "--json", "--exit-with-stdin",
		"--assembly", built(t, "PRESIGNED_TEST_ASSEMBLY", "local-assembly"), "--outputs", filepath.Join(root, "build", "local-outputs.json"),
		"--api", "127.0.0.1:0", "--s3", "127.0.0.1:0", "--cognito", "127.0.0.1:0", "--page", "127.0.0.1:0")
	var log bytes.Buffer
	c.Stderr = &log
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(root, "build"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	line, readErr := bufio.NewReader(out).ReadBytes('\n')
	t.Cleanup(func() {
		_ = in.Close()
		_, _ = io.Copy(io.Discard, out)
		if err := c.Wait(); err != nil {
			t.Errorf("local run: %v: %s", err, log.String())
		}
	})
	var l localRun
	if err := json.Unmarshal(line, &l); err != nil {
		t.Fatalf("local run: got %q, %v (%v): %s", line, err, readErr, log.String())
	}
	return l
}

// built finds what make has built, by the variable or in the build folder.
func built(t *testing.T, variable, name string) string {
	t.Helper()
	path := os.Getenv(variable)
	if path == "" {
		path = filepath.Join("..", "..", "..", "build", name)
	}
	path, err := filepath.Abs(path)
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		t.Fatalf("%v\nhint: `make build` in the repository's root makes it; %s names another", err, variable)
	}
	return path
}

// The transcripts of testdata/local show the program against the local run, found without any flag.
// Beside the commands of testscript they have:
//
//	user NAME                 makes a user with the temporary password "Temporary-1-password"
//	authenticator NAME FILE   gives a user an authenticator app, and writes the password and the next code into the file
//	password FILE [LINE...]   writes johndoe's password into a file, and lines after it
func TestLocalTranscripts(t *testing.T) {
	l := startLocalRun(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/local",
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE_TRANSCRIPTS") != "",
		Setup: func(e *testscript.Env) error {
			home(e)
			return os.Symlink(filepath.Dir(l.OutputsFile), filepath.Join(e.WorkDir, "build"))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"user":          l.user,
			"authenticator": l.authenticator,
			"password": func(ts *testscript.TestScript, _ bool, args []string) {
				lines := append([]string{l.Password}, args[1:]...)
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Join(lines, "\n")+"\n"), 0o600))
			},
			"bytes": writeBytes,
		},
	})
}

func (l localRun) administrator() *cognito.Client {
	return cognito.New(cognito.Options{Region: l.Region, BaseEndpoint: &l.CognitoURL, Credentials: aws.CredentialsProviderFunc(
		func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: l.AccessKeyID, SecretAccessKey: l.SecretAccessKey}, nil
		})})
}

const temporary = "Temporary-1-password"

func (l localRun) create(username string) error {
	_, err := l.administrator().AdminCreateUser(context.Background(), &cognito.AdminCreateUserInput{
		UserPoolId: &l.UserPoolID, Username: &username, TemporaryPassword: new(temporary), MessageAction: types.MessageActionTypeSuppress,
	})
	return err
}

func (l localRun) user(ts *testscript.TestScript, _ bool, args []string) { ts.Check(l.create(args[0])) }

// authenticator sets a permanent password and an app for the user.
func (l localRun) authenticator(ts *testscript.TestScript, _ bool, args []string) {
	ctx, admin := context.Background(), l.administrator()
	_, err := admin.AdminSetUserPassword(ctx, &cognito.AdminSetUserPasswordInput{
		UserPoolId: &l.UserPoolID, Username: &args[0], Password: &l.Password, Permanent: true,
	})
	ts.Check(err)
	pool, err := signin.New(signin.Config{Region: l.Region, UserPoolID: l.UserPoolID, AppClientID: l.AppClientID, Endpoint: l.CognitoURL})
	ts.Check(err)
	tokens, err := pool.SignIn(ctx, args[0], l.Password, nil)
	ts.Check(err)
	app, err := admin.AssociateSoftwareToken(ctx, &cognito.AssociateSoftwareTokenInput{AccessToken: &tokens.AccessToken})
	ts.Check(err)
	code, err := totp.GenerateCode(*app.SecretCode, time.Now())
	ts.Check(err)
	_, err = admin.VerifySoftwareToken(ctx, &cognito.VerifySoftwareTokenInput{AccessToken: &tokens.AccessToken, UserCode: &code})
	ts.Check(err)
	_, err = admin.SetUserMFAPreference(ctx, &cognito.SetUserMFAPreferenceInput{
		AccessToken: &tokens.AccessToken, SoftwareTokenMfaSettings: &types.SoftwareTokenMfaSettingsType{Enabled: true, PreferredMfa: true},
	})
	ts.Check(err)
	// The code that set the app up has been used; that of the next 30 s is accepted already.
	next, err := totp.GenerateCode(*app.SecretCode, time.Now().Add(30*time.Second))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(l.Password+"\n"+next+"\n"), 0o600))
}

func (p *program) logIn(l localRun) {
	p.t.Helper()
	login := p.command("login", l.Username, "--password-stdin")
	login.Stdin = strings.NewReader(l.Password)
	if out, err := login.CombinedOutput(); err != nil {
		p.t.Fatalf("login: %v: %s", err, out)
	}
}
