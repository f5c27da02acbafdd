package lambdaruntime

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"example.com/presigned/local/template"
)

// Coverage declares what this package does with the properties of the resources that it stands for.
func Coverage() template.Coverage {
	return template.Coverage{
		"AWS::Lambda::Function": {
			Modelled: []string{
				"Architectures", "Code.S3Key", "Environment.Variables", "Handler", "LoggingConfig.LogGroup",
				"ReservedConcurrentExecutions", "Role", "Timeout",
			},
			NotEnforced: map[string]string{
				"Code.S3Bucket":                     "the asset is taken from the cloud assembly",
				"Description":                       "for people",
				"EphemeralStorage":                  "/tmp is this machine's",
				"LoggingConfig.ApplicationLogLevel": "lines are passed on as the function writes them",
				"LoggingConfig.LogFormat":           "lines are passed on as the function writes them",
				"LoggingConfig.SystemLogLevel":      "lines are passed on as the function writes them",
				"MemorySize":                        "told to the function, not limited",
				"RecursiveLoop":                     "the function calls nothing",
				"RuntimeManagementConfig":           "the operating system is this machine's",
				"Tags":                              "no meaning at run time",
				"TracingConfig":                     "no traces are collected locally",
			},
			Only: map[string][]any{
				"PackageType": {"Zip"},
				"Runtime":     {"provided.al2023"},
			},
		},
		"AWS::Logs::LogGroup": {
			NotEnforced: map[string]string{
				"DeletionProtectionEnabled": "log lines go to this terminal",
				"KmsKeyId":                  "log lines go to this terminal",
				"LogGroupClass":             "log lines go to this terminal",
				"LogGroupName":              "log lines go to this terminal",
				"RetentionInDays":           "log lines go to this terminal",
				"Tags":                      "no meaning at run time",
			},
		},
	}
}

// Register tells the template what CloudFormation would know of the functions and log groups: their names and ARNs.
func Register(t *template.Template) {
	for _, r := range t.Resources("AWS::Lambda::Function") {
		name := t.StackName + "-" + r.LogicalID
		t.SetID(r.LogicalID, name, map[string]string{"Arn": ARN(t.Region(), t.AccountID(), name)})
	}
	for _, r := range t.Resources("AWS::Logs::LogGroup") {
		name := t.StackName + "-" + r.LogicalID
		arn := "arn:aws:logs:" + t.Region() + ":" + t.AccountID() + ":log-group:" + name + ":*"
		t.SetID(r.LogicalID, name, map[string]string{"Arn": arn})
	}
}

// properties are those of an AWS::Lambda::Function that are read here.
type properties struct {
	Architectures []string
	Code          struct{ S3Key string }
	Environment   struct{ Variables map[string]string }
	Handler       string
	LoggingConfig struct{ LogGroup string }
	MemorySize    template.Int
	Timeout       template.Int

	ReservedConcurrentExecutions *template.Int
}

// FromTemplate reads a function's configuration, all but Credentials, RetireBefore, Log and Now. The template's
// reserved concurrency, where it has one, takes the place of the given concurrency.
func FromTemplate(t *template.Template, logicalID string, concurrency int) (Config, error) {
	r, ok := t.Resource(logicalID)
	if !ok || r.Type != "AWS::Lambda::Function" {
		return Config{}, fmt.Errorf("function %s: not in the template", logicalID)
	}
	// The defaults of CloudFormation: 128 MB, 3 s.
	p := properties{MemorySize: 128, Timeout: 3}
	if err := t.Decode(r, &p); err != nil {
		return Config{}, err
	}
	if err := checkArchitecture(p.Architectures); err != nil {
		return Config{}, fmt.Errorf("function %s: %w", logicalID, err)
	}
	folder, err := t.Asset(p.Code.S3Key)
	if err != nil {
		return Config{}, fmt.Errorf("function %s: %w", logicalID, err)
	}
	if p.ReservedConcurrentExecutions != nil {
		concurrency = int(*p.ReservedConcurrentExecutions)
	}
	name, err := t.String(map[string]any{"Ref": logicalID})
	if err != nil {
		return Config{}, err
	}
	group := p.LoggingConfig.LogGroup
	if group == "" {
		group = "/aws/lambda/" + name
	}
	return Config{
		Name: name, Bootstrap: filepath.Join(folder, "bootstrap"), TaskRoot: folder, Handler: p.Handler,
		Region: t.Region(), AccountID: t.AccountID(), LogGroup: group,
		MemoryMB: int(p.MemorySize), Timeout: time.Duration(p.Timeout) * time.Second,
		Environment: p.Environment.Variables, Concurrency: concurrency,
	}, nil
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
