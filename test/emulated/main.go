// Emulated deploys the dev stage to an emulator of AWS with the real CDK CLI, uses it as a user would, deploys a
// changed stage over it and removes it, by the commands that docs/deploy.md, docs/runbook.md and docs/adopt.md tell people to type.
// `make deploy-emulated` runs it:
//
//	go run ./emulated -root ..
//
// The emulator is MiniStack, which we did not write. It runs on loopback, over TLS and with IAM enforced: CloudFormation
// resolves the template, the functions run from their zip, Cognito signs in by SRP, and S3 checks signatures, the
// roles' policies and the bucket policy. What it does not enforce is printed at the end, from notenforced.go.
//
// This program runs emulator.sh, which starts the emulator, and story.sh, which says what happens.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"example.com/presigned/test/leaks"
)

const (
	region  = "eu-central-1" // as in docs/deploy.md
	account = "210987654321" // not the documents' 111122223333, which a stage takes for a placeholder
	// The stages are copies of dev under names of their own, so that build/outputs-dev.json stays as it is.
	stage     = "emulated"
	accessKey = "test" // both halves of the credentials of the emulator's root user
	// patience is for the whole run, which takes about a minute: a hang must end by itself.
	patience = 30 * time.Minute
)

func main() {
	root := flag.String("root", ".", "`folder` of the repository, where make has built the programs and the Python packages")
	flag.Parse()
	if err := run(*root); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(root string) error {
	if runtime.GOOS != "linux" {
		return fmt.Errorf("operating system %q: want linux: elsewhere Go takes no certificate from SSL_CERT_FILE", runtime.GOOS)
	}
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	scratch := filepath.Join(root, "build", "emulated")
	if err := tell(ctx, root, scratch); err != nil {
		return fmt.Errorf("%w\nhint: the logs of the emulator and of the story are in %s", err, scratch)
	}
	fmt.Print("deploy-emulated: ok\n", notEnforced, notRunList())
	return nil
}

// tell runs the emulator and the story, and searches all that the story prints for secrets.
func tell(ctx context.Context, root, scratch string) error {
	if err := prepare(root, scratch); err != nil {
		return err
	}
	file := filepath.Join(scratch, "story.log")
	log, err := os.Create(file)
	if err != nil {
		return err
	}
	defer log.Close()
	password, temporary := "aA1!"+rand.Text(), "aA1!"+rand.Text() // meet any password policy of Cognito
	story := exec.CommandContext(ctx, "bash", "test/emulated/emulator.sh")
	story.Dir, story.Env = root, append(environment(root, scratch), "PASSWORD="+password, "TEMPORARY="+temporary)
	story.Stdout, story.Stderr, story.ExtraFiles = log, log, []*os.File{os.Stdout}
	// A group of its own, so that the emulator and its functions end with it, and Ctrl-C reaches us alone.
	story.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	failed := story.Run()
	_ = syscall.Kill(-story.Process.Pid, syscall.SIGKILL)
	printed, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var secrets leaks.Search
	secrets.Know("a password", password, temporary)
	if found := secrets.Refusal("the story", printed); len(found) > 0 {
		return fmt.Errorf("%v", found)
	}
	if failed != nil {
		lines := strings.Split(strings.TrimSpace(string(printed)), "\n")
		return fmt.Errorf("%w\n%s", failed, strings.Join(lines[max(0, len(lines)-20):], "\n"))
	}
	return nil
}

// prepare writes what the story needs: the profile that the documents leave open, and the snippets, a file for each.
func prepare(root, scratch string) error {
	snippets, err := snippetsToRun(root, notRun())
	err = errors.Join(err, os.RemoveAll(scratch))
	for _, folder := range []string{"home", "stages", "snippets"} {
		err = errors.Join(err, os.MkdirAll(filepath.Join(scratch, folder), 0o755))
	}
	credentials := fmt.Sprintf("[%s]\naws_access_key_id = %s\naws_secret_access_key = %s\n", stage, accessKey, accessKey)
	err = errors.Join(err, os.WriteFile(filepath.Join(scratch, "credentials"), []byte(credentials), 0o600))
	for i, snippet := range snippets {
		err = errors.Join(err, os.WriteFile(filepath.Join(scratch, "snippets", fmt.Sprint(i)), []byte(snippet), 0o600))
	}
	return err
}

// environment is ours without anything that leads to AWS, such as a profile, or past loopback, such as a proxy.
func environment(root, scratch string) []string {
	programs := []string{
		filepath.Join(root, "node_modules", ".bin"), filepath.Join(root, "build", "venv", "emulated", "bin"), os.Getenv("PATH"),
	}
	// This machine's, in Lambda's words: the emulator runs the functions on it.
	architecture := map[string]string{"arm64": "arm64", "amd64": "x86_64"}[runtime.GOARCH]
	environment := []string{
		"PATH=" + strings.Join(programs, string(os.PathListSeparator)), "ROOT=" + root, "SCRATCH=" + scratch,
		"STAGE=" + stage, "STAGES=" + filepath.Join(scratch, "stages"), "ACCOUNT=" + account, "ARCHITECTURE=" + architecture,
		"AWS_DEFAULT_REGION=" + region, // version 1 of the AWS CLI, PyPI's, knows no AWS_REGION
		"AWS_CONFIG_FILE=" + os.DevNull, "AWS_SHARED_CREDENTIALS_FILE=" + filepath.Join(scratch, "credentials"), "AWS_EC2_METADATA_DISABLED=true",
		"CDK_HOME=" + filepath.Join(scratch, "cdk"), // it remembers accounts, and must not remember this one
		"CDK_DISABLE_CLI_TELEMETRY=true", "CDK_DISABLE_VERSION_CHECK=true",
		// The CLI takes its options from the environment too. Nobody is at the terminal to be asked.
		"CDK_APP=" + filepath.Join(root, "build", "infra"), "CDK_OUTPUT=" + filepath.Join(scratch, "assembly"),
		"CDK_VALIDATION=false", // takes 5 s each time; make synth of CI has it on
		"CDK_CI=true", "CDK_NOTICES=false", "CDK_PROGRESS=events", "CDK_REQUIRE_APPROVAL=never",
	}
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		ours := name != "PATH" && name != "STAGE" && name != "STAGES" && !strings.HasPrefix(name, "AWS_") && !strings.HasPrefix(name, "CDK_")
		ours = ours && !strings.HasPrefix(name, "MAKE") && name != "MFLAGS" // the outer make's
		if ours && !strings.HasSuffix(strings.ToUpper(name), "_PROXY") {
			environment = append(environment, variable)
		}
	}
	return environment
}
