package lambdaruntime

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"example.com/presigned/local/template"
)

// lambdaFunction is AWS::Lambda::Function.
type lambdaFunction struct {
	Architectures []string
	Code          struct {
		S3Key    string
		S3Bucket template.NotEnforced `why:"the asset is taken from the cloud assembly"`
	}
	Environment   struct{ Variables map[string]string }
	Handler       string
	LoggingConfig struct {
		LogGroup  string
		LogFormat template.NotEnforced `why:"lines are passed on as the function writes them"`
	}
	MemorySize    template.Int // told to the function, not limited
	Role          string
	Runtime       template.Fixed `want:"provided.al2023"`
	Timeout       template.Int
	Description   template.NotEnforced `why:"for people"`
	Tags          template.NotEnforced `why:"no meaning at run time"`
	TracingConfig template.NotEnforced `why:"no traces are collected locally"`
}

// logGroup is AWS::Logs::LogGroup.
type logGroup struct {
	KmsKeyId        template.NotEnforced `why:"log lines go to this terminal"`
	RetentionInDays template.NotEnforced `why:"log lines go to this terminal"`
	Tags            template.NotEnforced `why:"no meaning at run time"`
}

// Register tells the template what CloudFormation would know of the functions and log groups: their names and ARNs.
func Register(t *template.Template) error {
	for _, r := range t.Resources("AWS::Lambda::Function") {
		name := t.StackName + "-" + r.LogicalID
		t.SetID(r.LogicalID, name, map[string]string{"Arn": t.ARN("lambda", "function:"+name)})
	}
	for _, r := range t.Resources("AWS::Logs::LogGroup") {
		name := t.StackName + "-" + r.LogicalID
		t.SetID(r.LogicalID, name, map[string]string{"Arn": t.ARN("logs", "log-group:"+name+":*")})
		if err := t.Decode(r, &logGroup{}); err != nil {
			return err
		}
	}
	return nil
}

// FromTemplate reads a function's configuration, all but Credentials, RetireBefore, Concurrency, Log and Now, and the ARN
// of its execution role.
func FromTemplate(t *template.Template, r template.Resource) (c Config, roleARN string, err error) {
	var p lambdaFunction
	if err := t.Decode(r, &p); err != nil {
		return c, "", err
	}
	folder, err := t.Asset(p.Code.S3Key)
	if err == nil {
		err = checkArchitecture(p.Architectures)
	}
	if err != nil {
		return c, "", fmt.Errorf("function %s: %w", r.LogicalID, err)
	}
	name, err := t.Ref(r.LogicalID)
	return Config{
		Name: name, Bootstrap: filepath.Join(folder, "bootstrap"), TaskRoot: folder, Handler: p.Handler,
		Region: t.Region(), AccountID: t.AccountID(), LogGroup: p.LoggingConfig.LogGroup,
		MemoryMB: int(p.MemorySize), Timeout: time.Duration(p.Timeout) * time.Second,
		Environment: p.Environment.Variables,
	}, p.Role, err
}

// checkArchitecture refuses a binary for another processor before the kernel does it with "exec format error".
func checkArchitecture(archs []string) error {
	goarch := map[string]string{"arm64": "arm64", "x86_64": "amd64"}
	arch := "x86_64" // Lambda's default
	if len(archs) > 0 {
		arch = archs[0]
	}
	if goarch[arch] == runtime.GOARCH {
		return nil
	}
	host := strings.NewReplacer("amd64", "x86_64").Replace(runtime.GOARCH)
	return fmt.Errorf("architecture %q: this machine runs %q\nhint: synthesize with `-c architecture=%s`", arch, host, host)
}
