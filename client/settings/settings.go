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
	UploadURL   string `json:"uploadUrl"`             // output UploadUrl
	DownloadURL string `json:"downloadUrl,omitempty"` // output DownloadUrl; empty when the stack offers no downloads
	DeleteURL   string `json:"deleteUrl,omitempty"`   // output DeleteUrl; empty when the stack offers no deletion
	Region      string `json:"region"`                // output Region
	UserPoolID  string `json:"userPoolId"`            // output UserPoolId
	AppClientID string `json:"appClientId"`           // output AppClientId
	CognitoURL  string `json:"cognitoUrl,omitempty"`  // output LocalCognitoUrl, of the local run; empty: AWS's own for the region

	File  string `json:"file,omitempty"` // the outputs file that was read; empty: none
	Stack string `json:"-"`              // its name, in the outputs file or among those known
}

// Known are the stacks that somebody has signed in to on this machine, by name.
type Known struct {
	Last   string              `json:"last"` // that of the last sign-in
	Stacks map[string]Settings `json:"stacks"`
}

// Add remembers a stack under its name, else under its user pool's ID.
func (k *Known) Add(s Settings) {
	k.Last = cmp.Or(s.Stack, s.UserPoolID)
	if k.Stacks == nil {
		k.Stacks = map[string]Settings{}
	}
	k.Stacks[k.Last] = s
}

// Local reports whether the stack is the local run.
func (s Settings) Local() bool { return s.CognitoURL != "" }

// Name tells stacks apart, for what is remembered of each. Local runs have the same IDs, and their addresses differ.
func (s Settings) Name() string {
	return strings.TrimSuffix(s.UserPoolID+"/"+s.AppClientID+"/"+s.CognitoURL, "/")
}

// Setting is one field of Settings: its flag, its environment variable and its output.
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
	Known   func() (Known, error)
}

// ErrNone is returned when nothing leads to a stack.
var ErrNone = errors.New("no stack to talk to")

// Load collects the settings: each from its flag, else its environment variable. The rest comes from one place: the outputs
// file that was named, else the local run's, else an earlier sign-in.
func Load(from Source) (Settings, error) {
	s := Settings{Stack: cmp.Or(from.Stack, from.Env(StackEnv))}
	missing := s.take(func(set Setting) string { return cmp.Or(from.Flags[set.Flag], from.Env(set.Env)) })
	explicit := cmp.Or(from.Outputs, from.Env(OutputsEnv))
	if len(missing) == 0 && explicit == "" {
		return s, nil
	}
	if s.File = explicit; explicit == "" {
		s.File = findUpwards(from.Dir, localFile)
	}
	var inFile error // the local run's file has no stack of that name
	if s.File != "" {
		inFile = s.fromOutputs()
		if explicit != "" || !errors.Is(inFile, errUnknownStack) {
			return s, inFile
		}
		s.File = ""
	}
	err := s.fromKnown(from.Known, missing)
	if inFile != nil && errors.Is(err, ErrNone) {
		err = inFile
	}
	return s, err
}

func (s *Settings) fromOutputs() error {
	outputs, err := readOutputs(s.File, &s.Stack)
	if err != nil {
		return err
	}
	if missing := s.take(func(set Setting) string { return outputs[set.Output] }); len(missing) > 0 {
		return fmt.Errorf("outputs file %q: %w: missing %s", s.File, ErrNone, strings.Join(missing, ", "))
	}
	return nil
}

// fromKnown takes the stack of that name, or of the last sign-in, from those that are known.
func (s *Settings) fromKnown(read func() (Known, error), missing []string) error {
	var known Known
	if read != nil {
		var err error
		if known, err = read(); err != nil {
			return err
		}
	}
	stack, ok := known.Stacks[cmp.Or(s.Stack, known.Last)]
	switch {
	case !ok && s.Stack != "" && len(known.Stacks) > 0:
		return fmt.Errorf("earlier sign-ins: %w", unknownStack(s.Stack, known.Stacks))
	case !ok:
		return fmt.Errorf("%w: missing %s; no %s here or above, and no earlier sign-in", ErrNone, strings.Join(missing, ", "), localFile)
	}
	s.Stack, s.File = cmp.Or(s.Stack, known.Last), stack.File
	s.take(func(set Setting) string { return *set.field(&stack) })
	return nil
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

var errUnknownStack = errors.New("want --stack to be one of")

func unknownStack[T any](name string, stacks map[string]T) error {
	if name == "" {
		return fmt.Errorf("there are several stacks: %w %s", errUnknownStack, strings.Join(slices.Sorted(maps.Keys(stacks)), ", "))
	}
	return fmt.Errorf("stack %q: %w %s", name, errUnknownStack, strings.Join(slices.Sorted(maps.Keys(stacks)), ", "))
}

// readOutputs reads the outputs of one stack, and names it if it has no name yet. The file holds one object
// for each stack that was deployed.
func readOutputs(file string, stack *string) (map[string]string, error) {
	text, err := os.ReadFile(file) //nolint:gosec // the file that the user named
	if err != nil {
		return nil, fmt.Errorf("outputs file: %w", err)
	}
	var stacks map[string]map[string]string
	if err := json.Unmarshal(text, &stacks); err != nil {
		return nil, fmt.Errorf("outputs file %q: %w: want what cdk deploy --outputs-file writes", file, err)
	}
	for name := range stacks {
		if *stack == "" && len(stacks) == 1 {
			*stack = name
		}
	}
	if outputs, ok := stacks[*stack]; ok {
		return outputs, nil
	}
	return nil, fmt.Errorf("outputs file %q: %w", file, unknownStack(*stack, stacks))
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
