package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"
)

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

// readDeployment reads the outputs. The API's URLs are those of AWS; the emulator serves them under a path of its own.
func readDeployment(file, stack, emulatorURL string) (deployment, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return deployment{}, err
	}
	var stacks map[string]deployment
	if err := json.Unmarshal(text, &stacks); err != nil {
		return deployment{}, fmt.Errorf("outputs file: %w", err)
	}
	d, ok := stacks[stack]
	if !ok {
		return deployment{}, fmt.Errorf("outputs file: no stack %q", stack)
	}
	for _, address := range []*string{&d.UploadURL, &d.DownloadURL, &d.DeleteURL} {
		if *address, err = served(*address, emulatorURL); err != nil {
			return deployment{}, err
		}
	}
	return d, nil
}

// served turns https://<api>.execute-api.<region>.amazonaws.com/<path> into the emulator's URL of it.
func served(address, emulatorURL string) (string, error) {
	aws, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	api, service, _ := strings.Cut(aws.Host, ".")
	if want := "execute-api." + region + ".amazonaws.com"; service != want {
		return "", fmt.Errorf("output %q: got host %q, want <api>.%s", address, aws.Host, want)
	}
	return emulatorURL + "/_aws/execute-api/" + api + aws.Path, nil
}
