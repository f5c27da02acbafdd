package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// cli is build/presigned as its user runs it, with the outputs file of the deployment. Only the addresses are given,
// because the outputs name AWS's.
type cli struct {
	program    string
	outputs    string
	emulator   *emulator
	deployment *deployment
}

func (c cli) login(ctx context.Context, username, temporary, password string) error {
	_, err := c.run(ctx, temporary+"\n"+password+"\n", "login", username, "--password-stdin")
	return err
}

// upload uploads a file and returns its key.
func (c cli) upload(ctx context.Context, file string) (string, error) {
	text, err := c.run(ctx, "", "upload", file, "--json")
	if err != nil {
		return "", err
	}
	var answer struct{ Uploads []struct{ Key string } }
	if err := json.Unmarshal([]byte(text), &answer); err != nil || len(answer.Uploads) != 1 || answer.Uploads[0].Key == "" {
		return "", fmt.Errorf("presigned upload: got %q, want one key", text)
	}
	return answer.Uploads[0].Key, nil
}

func (c cli) download(ctx context.Context, key, file string) error {
	_, err := c.run(ctx, "", "download", key, "--output", file)
	return err
}

func (c cli) delete(ctx context.Context, key string) error {
	_, err := c.run(ctx, "", "delete", key)
	return err
}

func (c cli) list(ctx context.Context) (string, error) { return c.run(ctx, "", "list") }

// run returns what the program prints, or its error.
func (c cli) run(ctx context.Context, input string, arguments ...string) (string, error) {
	command := exec.CommandContext(ctx, c.program, arguments...)
	home := filepath.Join(c.emulator.scratch, "home")
	command.Env = []string{
		"HOME=" + home, "XDG_CONFIG_HOME=" + filepath.Join(home, "config"), "XDG_CACHE_HOME=" + filepath.Join(home, "cache"),
		"SSL_CERT_FILE=" + c.emulator.certificate, "PRESIGNED_OUTPUTS=" + c.outputs,
		"PRESIGNED_COGNITO_URL=" + c.emulator.url,
		"PRESIGNED_UPLOAD_URL=" + c.deployment.UploadURL, "PRESIGNED_DOWNLOAD_URL=" + c.deployment.DownloadURL,
		"PRESIGNED_DELETE_URL=" + c.deployment.DeleteURL,
	}
	var out, complaint bytes.Buffer
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader(input), &out, &complaint
	err := command.Run()
	if leak := c.emulator.searched("presigned "+arguments[0], slices.Concat(out.Bytes(), complaint.Bytes())); leak != nil {
		return "", leak
	}
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = errors.New(strings.TrimSpace(complaint.String()))
		}
		return "", fmt.Errorf("presigned %s: %w", arguments[0], err)
	}
	return out.String(), nil
}
