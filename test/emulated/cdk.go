package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
)

// The stages are copies of dev under names of their own, so that build/outputs-dev.json stays as it is.
const (
	stage       = "emulated"
	sharedStage = "emulated-pool" // takes a user pool that is there already
	stackName   = "PresignedUploads-" + stage
)

// cdk is how the CDK CLI comes to deploy to the emulator: `make` runs it, as the documents say.
type cdk struct {
	root     string
	emulator *emulator
}

// outputsFile is where the outputs of a stage are, or of examples/embed.
func (c cdk) outputsFile(name string) string {
	return filepath.Join(c.root, "build", "outputs-"+name+".json")
}

func (c cdk) stages() string { return filepath.Join(c.emulator.scratch, "stages") }

// writeStage writes the file of a stage: dev's, for this machine's processor and with some fields changed.
func (c cdk) writeStage(name string, changes map[string]any) error {
	text, err := os.ReadFile(filepath.Join(c.root, "stages", "dev.json"))
	if err != nil {
		return err
	}
	fields := map[string]any{}
	if err := json.Unmarshal(text, &fields); err != nil {
		return fmt.Errorf("stage dev: %w", err)
	}
	fields["architecture"] = architecture()
	maps.Copy(fields, changes)
	if text, err = json.Marshal(fields); err != nil {
		return err
	}
	return errors.Join(os.MkdirAll(c.stages(), 0o755), os.WriteFile(filepath.Join(c.stages(), name+".json"), text, 0o644))
}

// environment is ours without anything that leads to AWS, such as a profile, or past loopback, such as a proxy.
func (c cdk) environment() []string {
	programs := []string{
		filepath.Join(c.root, "node_modules", ".bin"), filepath.Join(c.root, "build", "venv", "emulated", "bin"), os.Getenv("PATH"),
	}
	environment := []string{
		"PATH=" + strings.Join(programs, string(os.PathListSeparator)), "STAGE=" + stage, "STAGES=" + c.stages(),
		"AWS_DEFAULT_REGION=" + region, // version 1 of the AWS CLI, PyPI's, knows no AWS_REGION
		"AWS_ENDPOINT_URL=" + c.emulator.url, "AWS_CA_BUNDLE=" + c.emulator.certificate,
		"AWS_CONFIG_FILE=" + os.DevNull, "AWS_SHARED_CREDENTIALS_FILE=" + c.credentials(), "AWS_EC2_METADATA_DISABLED=true",
		"CDK_HOME=" + filepath.Join(c.emulator.scratch, "cdk"), // it remembers accounts, and must not remember this one
		"CDK_DISABLE_CLI_TELEMETRY=true", "CDK_DISABLE_VERSION_CHECK=true",
		// The CLI takes its options from the environment too. Nobody is at the terminal to be asked.
		"CDK_APP=" + filepath.Join(c.root, "build", "infra"), "CDK_OUTPUT=" + filepath.Join(c.emulator.scratch, "assembly"),
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

// credentials is the file with the profile that the documents leave open.
func (c cdk) credentials() string { return filepath.Join(c.emulator.scratch, "credentials") }

func (c cdk) writeCredentials() error {
	text := fmt.Sprintf("[%s]\naws_access_key_id = %s\naws_secret_access_key = %s\n", stage, accessKey, accessKey)
	return os.WriteFile(c.credentials(), []byte(text), 0o600)
}

// architecture is this machine's, in Lambda's words: the emulator runs the functions on it.
func architecture() string {
	if runtime.GOARCH == "arm64" {
		return "arm64"
	}
	return "x86_64"
}

// lastLines is the end of a log.
func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}

// deployment is the outputs of a deployed stack, as `cdk deploy --outputs-file` writes them.
type deployment struct {
	UploadURL   string `json:"UploadUrl"`
	DownloadURL string `json:"DownloadUrl"`
	DeleteURL   string `json:"DeleteUrl"`
	BucketName  string
	AccessLogs  string `json:"AccessLogBucketName"`
	UserPoolID  string `json:"UserPoolId"`
	AppClientID string `json:"AppClientId"`
	QueueURL    string `json:"CompletedUploadsQueueUrl"`
	SecretARN   string `json:"MachineReportsSecretArn"`
}

// apis are the hosts of APIs on AWS.
var apis = regexp.MustCompile(`https://([^.]+)\.execute-api\.` + region + `\.amazonaws\.com/`)

// readDeployment reads the outputs. The API's URLs are those of AWS; the emulator serves them under a path of its own.
func readDeployment(file, stack, emulatorURL string) (deployment, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return deployment{}, err
	}
	var stacks map[string]deployment
	if err := json.Unmarshal(apis.ReplaceAll(text, []byte(emulatorURL+"/_aws/execute-api/$1/")), &stacks); err != nil {
		return deployment{}, fmt.Errorf("outputs file: %w", err)
	}
	d := stacks[stack]
	for _, address := range []string{d.UploadURL, d.DownloadURL, d.DeleteURL} {
		if !strings.HasPrefix(address, emulatorURL) {
			return deployment{}, fmt.Errorf("outputs of stack %q: got the address %q, want one of an API in %s", stack, address, region)
		}
	}
	return d, nil
}
