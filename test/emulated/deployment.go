package main

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
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
