package stack

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"example.com/presigned/local/template"
)

// Summary has what a client, a test or a person needs to use the running stack. `run --json` prints it.
type Summary struct {
	Addresses
	APIURL   string `json:"apiUrl"`
	PageURL  string `json:"pageUrl,omitempty"`
	Bucket   string `json:"bucket"`
	Username string `json:"username"`
	Password string `json:"password"`
	// The root credentials of the local S3, which no policy restricts.
	AccessKeyID     string `json:"accessKeyId"`
	SecretAccessKey string `json:"secretAccessKey"`
	// The machine clients' secrets, by ARN, as Secrets Manager would have them.
	Secrets     map[string]string `json:"secrets,omitempty"`
	OutputsFile string            `json:"outputsFile,omitempty"`
}

// Addresses are what the page reads before it starts.
type Addresses struct {
	UploadURL   string `json:"uploadUrl"`
	DownloadURL string `json:"downloadUrl,omitempty"` // absent when the stage offers no downloads
	DeleteURL   string `json:"deleteUrl,omitempty"`   // absent when the stage offers no deletion
	S3URL       string `json:"s3Url"`
	CognitoURL  string `json:"cognitoUrl"`
	Region      string `json:"region"`
	UserPoolID  string `json:"userPoolId"`
	AppClientID string `json:"appClientId"`
}

// summarize evaluates the template's outputs, with the local URLs in place of AWS's.
func (s *Stack) summarize(context.Context) error {
	outputs, err := s.t.Outputs()
	if err != nil {
		return err
	}
	api := url(s.listen.api)
	for name, value := range outputs {
		outputs[name] = strings.Replace(value, s.deployedURL, api, 1)
	}
	s.outputs = outputs
	m := &s.Summary
	for name, to := range map[string]*string{
		"ApiUrl": &m.APIURL, "UploadUrl": &m.UploadURL, "BucketName": &m.Bucket, "Region": &m.Region,
		"UserPoolId": &m.UserPoolID, "AppClientId": &m.AppClientID,
	} {
		if *to = outputs[name]; *to == "" {
			return fmt.Errorf("the template has no output %s", name)
		}
	}
	m.DownloadURL, m.DeleteURL = outputs["DownloadUrl"], outputs["DeleteUrl"]
	outputs["BucketUrl"] = s.Store.URL + "/" + m.Bucket
	if outputs["SignInUrl"] != "" {
		outputs["SignInUrl"] = url(s.listen.cognito)
	}
	m.Secrets = map[string]string{}
	err = template.Each(s.t, secretType, func(r template.Resource, p struct{ SecretString string }) error {
		m.Secrets[r.Ref] = p.SecretString
		return nil
	})
	if err != nil {
		return err
	}
	m.S3URL, m.CognitoURL = s.Store.URL, url(s.listen.cognito)
	if s.listen.page != nil {
		m.PageURL = s.pageURL()
	}
	m.AccessKeyID, m.SecretAccessKey = s.Store.Root.AccessKeyID, s.Store.Root.SecretAccessKey
	m.OutputsFile = s.cfg.OutputsFile
	return nil
}

// pageURL says localhost, because that is the name in the stage's allowed origins.
func (s *Stack) pageURL() string {
	_, port, _ := net.SplitHostPort(s.listen.page.Addr().String())
	return "http://localhost:" + port
}

// writeOutputs writes what `cdk deploy --outputs-file` would, with the local endpoints beside it.
func (s *Stack) writeOutputs(context.Context) error {
	if s.cfg.OutputsFile == "" {
		return nil
	}
	s.outputs["LocalCognitoUrl"], s.outputs["LocalS3Url"] = s.Summary.CognitoURL, s.Summary.S3URL
	if s.Summary.PageURL != "" {
		s.outputs["LocalPageUrl"] = s.Summary.PageURL
	}
	data, err := json.MarshalIndent(map[string]map[string]string{s.t.StackName: s.outputs}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(s.cfg.OutputsFile), 0o750); err != nil {
		return err
	}
	return os.WriteFile(s.cfg.OutputsFile, append(data, '\n'), 0o600)
}

const secretType = "AWS::SecretsManager::Secret" //nolint:gosec // G101: the name of a resource type

// demoUser is the user in the documents' examples.
const demoUser = "johndoe"

// addUser creates the demo user with a password of this run.
func (s *Stack) addUser(context.Context) error {
	s.Summary.Username = demoUser
	// It has a character of each class that a user pool's policy may require, and 24 characters.
	s.Summary.Password = "Local-7-" + strings.ToLower(rand.Text()[:16])
	return s.Pool.AddUser(s.Summary.Username, s.Summary.Password, false)
}
