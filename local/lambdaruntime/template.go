package lambdaruntime

import (
	"fmt"
	"path/filepath"
	"runtime"
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
	MemorySize    int // told to the function, not limited
	Role          string
	Runtime       template.Fixed `want:"provided.al2023"`
	Timeout       int
	TracingConfig template.NotEnforced `why:"no traces are collected locally"`
}

// FromTemplate reads the functions' configurations, all but Credentials, RetireBefore, Concurrency, Log, Now and Observe, and
// gives each to take, with its ARN and that of its execution role.
func FromTemplate(t *template.Template, take func(arn string, c Config, roleARN string) error) error {
	return template.Each(t, "AWS::Lambda::Function", func(r template.Resource, p lambdaFunction) error {
		folder, err := t.Asset(p.Code.S3Key)
		if err == nil {
			err = checkArchitecture(p.Architectures)
		}
		if err != nil {
			return err
		}
		return take(r.ARN, Config{
			Name: r.Ref, Bootstrap: filepath.Join(folder, "bootstrap"), TaskRoot: folder, Handler: p.Handler,
			Region: t.Region(), AccountID: t.AccountID(), LogGroup: p.LoggingConfig.LogGroup,
			MemoryMB: p.MemorySize, Timeout: time.Duration(p.Timeout) * time.Second,
			Environment: p.Environment.Variables,
		}, p.Role)
	})
}

// checkArchitecture refuses a binary for another processor before the kernel does it with "exec format error".
func checkArchitecture(architectures []string) error {
	host := map[string]string{"arm64": "arm64", "amd64": "x86_64"}[runtime.GOARCH]
	if len(architectures) == 1 && architectures[0] == host {
		return nil
	}
	return fmt.Errorf("architectures %q: this machine runs %q\nhint: synthesize with `-c architecture=%s`", architectures, host, host)
}
