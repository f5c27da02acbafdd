// Package settings finds out which stack a client talks to: from flags, the environment, the outputs
// file of `cdk deploy --outputs-file`, or that of the local run.
//
// Anything may import it. It reads files and sends nothing.
package settings

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Settings is a stack as a client sees it.
type Settings struct {
	UploadURL   string // output UploadUrl
	DownloadURL string // output DownloadUrl; empty when the stack offers no downloads
	DeleteURL   string // output DeleteUrl; empty when the stack offers no deletion
	Region      string // output Region
	UserPoolID  string // output UserPoolId
	AppClientID string // output AppClientId
	CognitoURL  string // output LocalCognitoUrl, of the local run; empty: AWS's own for the region

	File string // the outputs file that was read; empty: none
}

// Local reports whether the stack is the local run.
func (s Settings) Local() bool { return s.CognitoURL != "" }

// Name tells stacks apart, for what is remembered of each.
func (s Settings) Name() string { return s.UserPoolID + "/" + s.AppClientID }

// Setting is one of them, by all its names.
type Setting struct {
	Flag   string
	Env    string
	Output string // key in the outputs file
	Help   string
	needed bool
	field  func(*Settings) *string
}

// All lists the settings.
func All() []Setting {
	return []Setting{
		{"upload-url", "PRESIGNED_UPLOAD_URL", "UploadUrl", "`URL` that presigns uploads", true, func(s *Settings) *string { return &s.UploadURL }},
		{"download-url", "PRESIGNED_DOWNLOAD_URL", "DownloadUrl", "`URL` that presigns downloads", false, func(s *Settings) *string { return &s.DownloadURL }},
		{"delete-url", "PRESIGNED_DELETE_URL", "DeleteUrl", "`URL` that presigns deletions", false, func(s *Settings) *string { return &s.DeleteURL }},
		{"region", "PRESIGNED_REGION", "Region", "AWS `region` of the user pool", true, func(s *Settings) *string { return &s.Region }},
		{"user-pool-id", "PRESIGNED_USER_POOL_ID", "UserPoolId", "`ID` of the user pool", true, func(s *Settings) *string { return &s.UserPoolID }},
		{"app-client-id", "PRESIGNED_APP_CLIENT_ID", "AppClientId", "`ID` of the app client", true, func(s *Settings) *string { return &s.AppClientID }},
		{"cognito-url", "PRESIGNED_COGNITO_URL", "LocalCognitoUrl", "base `URL` of another Cognito endpoint than AWS's own", false, func(s *Settings) *string { return &s.CognitoURL }},
	}
}

// Names of the environment variables and the file that lead to an outputs file.
const (
	OutputsEnv = "PRESIGNED_OUTPUTS"
	StackEnv   = "PRESIGNED_STACK"
	localFile  = "build/local-outputs.json"
)

// Source is where settings may come from.
type Source struct {
	Flags   map[string]string // by Setting.Flag; only those given
	Outputs string            // flag --outputs
	Stack   string            // flag --stack
	Env     func(string) string
	Dir     string // working directory, from which the local run's file is searched upwards
}

// ErrNone is returned when nothing leads to a stack.
var ErrNone = errors.New("no stack to talk to")

// Load collects the settings: each from its flag, else its environment variable, else the outputs file.
func Load(from Source) (Settings, error) {
	var s Settings
	missing := s.take(func(set Setting) string { return cmp.Or(from.Flags[set.Flag], from.Env(set.Env)) })
	explicit := cmp.Or(from.Outputs, from.Env(OutputsEnv))
	if len(missing) == 0 && explicit == "" {
		return s, nil
	}
	if s.File = explicit; explicit == "" {
		if s.File = findUpwards(from.Dir, localFile); s.File == "" {
			return s, fmt.Errorf("%w: missing %s, and no %s here or above", ErrNone, strings.Join(missing, ", "), localFile)
		}
	}
	outputs, err := readOutputs(s.File, cmp.Or(from.Stack, from.Env(StackEnv)))
	if err != nil {
		return s, err
	}
	if missing := s.take(func(set Setting) string { return outputs[set.Output] }); len(missing) > 0 {
		return s, fmt.Errorf("outputs file %q: %w: missing %s", s.File, ErrNone, strings.Join(missing, ", "))
	}
	return s, nil
}

// take fills what is empty, and returns the flags of what is needed and still empty.
func (s *Settings) take(value func(Setting) string) (missing []string) {
	for _, set := range All() {
		field := set.field(s)
		*field = cmp.Or(*field, value(set))
		if *field == "" && set.needed {
			missing = append(missing, "--"+set.Flag)
		}
	}
	return missing
}

// readOutputs reads the outputs of one stack. The file holds one object for each stack that was deployed.
func readOutputs(file, stack string) (map[string]string, error) {
	text, err := os.ReadFile(file) //nolint:gosec // the file that the user named
	if err != nil {
		return nil, fmt.Errorf("outputs file: %w", err)
	}
	var stacks map[string]map[string]string
	if err := json.Unmarshal(text, &stacks); err != nil {
		return nil, fmt.Errorf("outputs file %q: %w: want what cdk deploy --outputs-file writes", file, err)
	}
	names := slices.Sorted(maps.Keys(stacks))
	if stack == "" && len(names) == 1 {
		stack = names[0]
	}
	if outputs, ok := stacks[stack]; ok {
		return outputs, nil
	}
	return nil, fmt.Errorf("outputs file %q: stack %q: want --stack to be one of %s", file, stack, strings.Join(names, ", "))
}

func findUpwards(dir, name string) string {
	for {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if _, err := os.Stat(path); err == nil || !errors.Is(err, fs.ErrNotExist) {
			return path
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}
