package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

const stackName = "PresignedUploads-dev"

// cdk is the CDK CLI, pointed at the emulator.
type cdk struct {
	root     string
	emulator *emulator
}

func (c cdk) outputsFile() string { return filepath.Join(c.emulator.scratch, "outputs.json") }

func (c cdk) app() string      { return filepath.Join(c.root, "build", "infra") }
func (c cdk) assembly() string { return filepath.Join(c.emulator.scratch, "assembly") }

func (c cdk) bootstrap(ctx context.Context) error {
	return c.run(ctx, "bootstrap", "aws://"+account+"/"+region, "--app", c.app(), "--output", c.assembly())
}

// deploy deploys the dev stage, with some of its fields changed.
func (c cdk) deploy(ctx context.Context, changes map[string]any) error {
	stages, err := c.stages(changes)
	if err != nil {
		return err
	}
	return c.run(ctx, "deploy", "--app", c.app(), "--output", c.assembly(), "-c", "stages="+stages,
		"--require-approval", "never", "--outputs-file", c.outputsFile(), "--progress", "events")
}

// destroy removes what was deployed last.
func (c cdk) destroy(ctx context.Context) error {
	return c.run(ctx, "destroy", "--app", c.assembly(), "--force")
}

// stages is the stages of cdk.json as JSON, with dev changed.
func (c cdk) stages(changes map[string]any) (string, error) {
	text, err := os.ReadFile(filepath.Join(c.root, "cdk.json"))
	if err != nil {
		return "", err
	}
	var settings struct {
		Context struct {
			Stages map[string]map[string]any `json:"stages"`
		} `json:"context"`
	}
	if err := json.Unmarshal(text, &settings); err != nil {
		return "", fmt.Errorf("cdk.json: %w", err)
	}
	dev := settings.Context.Stages["dev"]
	if dev == nil {
		return "", errors.New("cdk.json has no stage dev")
	}
	for name, value := range changes {
		dev[name] = value
	}
	changed, err := json.Marshal(settings.Context.Stages)
	return string(changed), err
}

// run runs the CLI from the folder of cdk.json. What it prints goes to a file, whose end an error shows.
func (c cdk) run(ctx context.Context, arguments ...string) error {
	log, err := os.OpenFile(filepath.Join(c.emulator.scratch, "cdk.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	command := exec.CommandContext(ctx, filepath.Join(c.root, "node_modules", ".bin", "cdk"), append(arguments,
		"-c", "stage=dev", "-c", "architecture="+architecture(), "--ci", "--no-notices")...)
	command.Dir = c.root
	command.Env = c.environment()
	var printed strings.Builder
	command.Stdout = io.MultiWriter(log, &printed)
	command.Stderr = command.Stdout
	if err := command.Run(); err != nil {
		return fmt.Errorf("cdk %s: %w\n%s", arguments[0], err, lastLines(printed.String(), 20))
	}
	return nil
}

// environment is ours without anything that leads to AWS, such as a profile, or past loopback, such as a proxy.
func (c cdk) environment() []string {
	environment := []string{
		"PATH=" + filepath.Join(c.root, "node_modules", ".bin") + string(os.PathListSeparator) + os.Getenv("PATH"),
		"AWS_ENDPOINT_URL=" + c.emulator.url, "AWS_CA_BUNDLE=" + c.emulator.certificate,
		"AWS_ACCESS_KEY_ID=" + accessKey, "AWS_SECRET_ACCESS_KEY=" + accessKey, "AWS_REGION=" + region,
		"AWS_CONFIG_FILE=" + os.DevNull, "AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull, "AWS_EC2_METADATA_DISABLED=true",
		"CDK_HOME=" + filepath.Join(c.emulator.scratch, "cdk"), // it remembers accounts, and must not remember this one
		"CDK_DISABLE_CLI_TELEMETRY=true", "CDK_DISABLE_VERSION_CHECK=true",
	}
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		ours := name != "PATH" && !strings.HasPrefix(name, "AWS_") && !strings.HasPrefix(name, "CDK_")
		if ours && !strings.HasSuffix(strings.ToUpper(name), "_PROXY") {
			environment = append(environment, variable)
		}
	}
	return environment
}

// architecture is this machine's, in Lambda's words: the emulator runs the functions on it.
func architecture() string {
	if runtime.GOARCH == "arm64" {
		return "arm64"
	}
	return "x86_64"
}

func lastLines(text string, count int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-count):], "\n")
}
