package stack

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3assets"

	"example.com/presigned/infra/stage"
)

// GoBinary is a deployment package that is being built. Its bytes, and so the asset's hash, are the same whoever builds
// it where: a deployment without a change in the code changes no function.
//
// The build runs beside the start of jsii, which takes as long and leaves a core idle: a fifth of `cdk synth`.
type GoBinary struct {
	dir, goarch string
	folder      string // temporary, of this build alone
	cancel      context.CancelFunc
	done        chan struct{}
	err         error // set before done is closed
}

// BuildGo begins to build the main package in dir for the stage's architecture. Discard the binary when it was used.
func BuildGo(dir string, config stage.Stage) (*GoBinary, error) {
	folder, err := os.MkdirTemp("", "presigned-bootstrap-")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	b := &GoBinary{dir: dir, goarch: goarch(config), folder: folder, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(b.done)
		b.err = b.build(ctx)
	}()
	return b, nil
}

// Code is the binary as the functions' asset.
func (b *GoBinary) Code() awslambda.Code {
	return awslambda.Code_FromAsset(new(b.dir), &awss3assets.AssetOptions{
		AssetHashType: awscdk.AssetHashType_OUTPUT,
		Bundling: &awscdk.BundlingOptions{
			Image: awscdk.DockerImage_FromRegistry(new("unused")), // CDK wants one even if nothing runs in it
			Local: b,
		},
	})
}

// Discard ends a build that nobody asked for, as when `cdk destroy` needs no asset, and removes what it wrote.
func (b *GoBinary) Discard() {
	b.cancel()
	<-b.done
	_ = os.RemoveAll(b.folder) // a temporary folder
}

// TryBundle implements awscdk.ILocalBundling: no docker is needed. It ends the program when the build failed: a panic
// would bury the compiler's lines under jsii's, and false would make CDK look for docker.
func (b *GoBinary) TryBundle(outputDir *string, _ *awscdk.BundlingOptions) *bool {
	if err := b.copyTo(*outputDir); err != nil {
		b.Discard()
		fmt.Fprintf(os.Stderr, "bundle %s: %v\nhint: run `go build ./%s`\n", b.dir, err, filepath.ToSlash(b.dir))
		os.Exit(1)
	}
	return new(true)
}

// copyTo waits for the build.
func (b *GoBinary) copyTo(dir string) error {
	<-b.done
	if b.err != nil {
		return b.err
	}
	content, err := os.ReadFile(b.file())
	if err != nil {
		return err
	}
	binary := filepath.Join(dir, filepath.Base(b.file()))
	if err := os.WriteFile(binary, content, 0o755); err != nil { //nolint:gosec // Lambda runs it as another user
		return err
	}
	// The CLI zips the file with its mode, and the umask is the builder's own.
	return os.Chmod(binary, 0o755) //nolint:gosec // Lambda runs it as another user
}

// file is the executable that provided.al2023 starts.
func (b *GoBinary) file() string { return filepath.Join(b.folder, "bootstrap") }

func (b *GoBinary) build(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, "go", "build", //nolint:gosec // no shell, and the only variable is the output file
		"-trimpath", "-buildvcs=false", // no folder and no commit in the binary
		// Without the RPC mode of the go1.x runtime, and without HTTP/2, which the Runtime API does not speak: a third smaller.
		"-tags", "lambda.norpc,nethttpomithttp2",
		"-ldflags", "-s -w -buildid=",
		"-o", b.file(), ".")
	cmd.Dir = b.dir
	cmd.Env = buildEnv(os.Environ(), b.goarch)
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, output)
	}
	return nil
}

// buildEnv is the environment without what would make the binary depend on its builder. Each variable is set
// to what it is by default, for Go takes an empty one from the file that `go env -w` writes.
func buildEnv(environ []string, goarch string) []string {
	settings := []string{
		"GOOS=linux", "GOARCH=" + goarch, "GOARM64=v8.0", "GOAMD64=v1", "CGO_ENABLED=0", "GOFLAGS=-mod=readonly", "GOWORK=off",
	}
	kept := slices.DeleteFunc(slices.Clone(environ), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.ContainsFunc(settings, func(s string) bool { return strings.HasPrefix(s, name+"=") })
	})
	return append(kept, settings...)
}

func goarch(config stage.Stage) string {
	if config.Architecture == stage.X86 {
		return "amd64"
	}
	return "arm64"
}
