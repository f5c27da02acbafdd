package main

import (
	"path/filepath"
	"strings"
)

// follow runs the snippet of the documents that begins so, as its reader would: with what it leaves open filled in.
func (s *story) follow(beginning string) (string, error) {
	snippet, err := s.documents.take(beginning)
	if err != nil {
		return "", err
	}
	return s.shell.enter(s.substitutions().Replace(snippet))
}

// substitutions is what a reader puts in the place of the documents' placeholders and examples.
func (s *story) substitutions() *strings.Replacer {
	return strings.NewReplacer(
		"AWS_PROFILE=...", "AWS_PROFILE="+stage, "AWS_REGION=...", "AWS_REGION="+region, "111122223333", account,
		"PresignedUploads-prod", stackName, "outputs-dev.json", "outputs-"+stage+".json",
		"<UserPoolId>", s.deployment.UserPoolID, "<BucketName>", s.deployment.BucketName,
		"<AccessLogBucketName>", s.deployment.AccessLogs,
		"<Machine<Name>SecretArn>", s.deployment.SecretARN, "<ARN>", s.deployment.SecretARN,
		"login janedoe", `login janedoe --password-stdin <<<"$PASSWORDS"`,
		// An object of johndoe's, where the snippet names none.
		"--bucket ... --key ...", `--bucket "$BUCKET" --key "$KEY"`,
		"johndoe/1595114575104", s.lastKey(), "--version-id ... restored", `--version-id "$VERSION" `+filepath.Join(s.emulator.scratch, "restored"),
		"--body restored", "--body "+filepath.Join(s.emulator.scratch, "restored"),
		// A description replaces no function of MiniStack's, whereas its timeout does, though it stays 3 s.
		`--description "sessions`, `--timeout 3 --description "sessions`,
		"doomed.json", filepath.Join(s.emulator.scratch, "doomed.json"),
		// MiniStack does not know the provider; the document says how to give one that is there.
		"Repository=", "ProviderArn=arn:aws:iam::"+account+":oidc-provider/token.actions.githubusercontent.com Repository=",
	)
}

// assign gives a variable of the shell a value, for its commands too.
func (s *story) assign(name, value string) error {
	_, err := s.shell.enter("export " + name + "='" + strings.ReplaceAll(value, "'", `'\''`) + "'")
	return err
}

// lastKey is the key of the last upload, which is versioned.
func (s *story) lastKey() string {
	if len(s.uploads) == 0 {
		return ""
	}
	return s.uploads[len(s.uploads)-1].key
}
