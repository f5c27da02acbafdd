package uploads

import (
	"cmp"
	"errors"
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

// withCode sets Code to the functions' deployment package: the main package, built for the stage's architecture.
// The same sources give the same bytes on every machine, so a deployment updates the functions only if their code has changed.
func (p *Props) withCode() *Props {
	if p.Code != nil {
		return p
	}
	built := *p
	dir, err := packageDir(cmp.Or(p.MainPackage, DefaultMainPackage))
	if err != nil {
		panic(err)
	}
	built.Code = awslambda.Code_FromAsset(new(dir), &awss3assets.AssetOptions{
		AssetHashType: awscdk.AssetHashType_OUTPUT,
		Bundling: &awscdk.BundlingOptions{
			Image: awscdk.DockerImage_FromRegistry(new("unused")), // CDK requires an image even if nothing runs in it
			Local: &goBuild{dir: dir, goarch: goarch(p.Stage)},
		},
	})
	return &built
}

// packageDir finds the folder of a package as the go command does from the working directory: in the app's module, or in
// the module cache. -find ignores the package's imports, which may be missing in the go.sum of another module.
func packageDir(path string) (string, error) {
	cmd := exec.Command("go", "list", "-find", "-f", "{{.Dir}}", path) //nolint:gosec // no shell, and the app names the package
	cmd.Env = append(os.Environ(), "GOWORK=off")
	output, err := cmd.Output()
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			err = fmt.Errorf("%w\n%s", err, failed.Stderr)
		}
		return "", fmt.Errorf("find the functions' main package %q: %w", path, err)
	}
	return strings.TrimSpace(string(output)), nil
}

// goBuild implements awscdk.ILocalBundling, so that no docker is needed.
type goBuild struct{ dir, goarch string }

// TryBundle ends the program if the build fails. A panic would hide the compiler's messages among those of jsii, and
// false would make CDK look for docker.
func (b *goBuild) TryBundle(outputDir *string, _ *awscdk.BundlingOptions) *bool {
	if err := b.build(*outputDir); err != nil {
		fmt.Fprintf(os.Stderr, "bundle %s: %v\nhint: run `go build` in that folder\n", b.dir, err)
		os.Exit(1)
	}
	return new(true)
}

// build writes bootstrap, the executable that provided.al2023 starts.
func (b *goBuild) build(outputDir string) error {
	bootstrap, err := filepath.Abs(filepath.Join(outputDir, "bootstrap"))
	if err != nil {
		return err
	}
	cmd := exec.Command("go", "build", //nolint:gosec // no shell, and the only variable is the output file
		"-trimpath", "-buildvcs=false", // no folder and no commit in the binary
		// Without the RPC mode of the go1.x runtime, and without HTTP/2, which the Runtime API does not speak: a third smaller.
		"-tags", "lambda.norpc,nethttpomithttp2",
		"-ldflags", "-s -w -buildid=",
		"-o", bootstrap, ".")
	cmd.Dir = b.dir
	cmd.Env = buildEnv(os.Environ(), b.goarch)
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, output)
	}
	// The zip file includes the file's mode, which otherwise depends on the builder's umask.
	return os.Chmod(bootstrap, 0o755) //nolint:gosec // Lambda runs it as another user
}

// buildEnv is the environment, with a fixed value for each variable that would make the binary depend on its builder. No
// value is empty, because Go then takes the one of `go env -w`.
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
