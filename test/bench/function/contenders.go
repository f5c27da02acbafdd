package function

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// Names of the contenders that a target is held against.
const (
	ours    = "this project"
	limit   = "Go, own signer and loop (the limit)"
	article = "Node.js, aws-sdk v2 (the article)"
)

// contenders finds what `make bench` prepared below build. The first one is ours.
func contenders(build string) ([]Contender, error) {
	signer, err := deployed(filepath.Join(build, "local-assembly"))
	if err != nil {
		return nil, err
	}
	// A program that the linker has just written starts slower than a copy of it: each runs from a copy.
	bench := filepath.Join(build, "bench")
	for source, copied := range map[string]string{signer.Command[0]: "signer-copy", filepath.Join(bench, "bare"): "bare-copy"} {
		if err := copyProgram(source, filepath.Join(bench, copied)); err != nil {
			return nil, err
		}
	}
	signer.Command[0] = filepath.Join(bench, "signer-copy")
	node := func(script string) []string {
		return []string{nodeProgram(build), filepath.Join(bench, "node", "runtime.js"), filepath.Join(bench, script)}
	}
	all := []Contender{
		signer,
		{Name: limit, Command: []string{filepath.Join(bench, "bare-copy")}},
		{Name: article, Command: node("node/sdk2.js"), Env: []string{"AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE=1"}},
		{Name: "Node.js, SDK v3, bundled", Command: node("node/bundle/sdk3.js")},
		{Name: "Node.js, signed by hand", Command: node("node/byhand.js")},
		{Name: "Go, the limit without decoding", Command: []string{filepath.Join(bench, "bare-copy"), "glance"}},
		{Name: "Python, boto3", Command: []string{python(build), filepath.Join(build, "..", "test", "bench", "peers", "python", "handler.py")}},
	}
	return all, nil
}

func nodeProgram(build string) string { return filepath.Join(build, "bench", "node", "bin", "node") }

func python(build string) string {
	return filepath.Join(build, "venv", "bench", "peers", "python", "bin", "python")
}

// deployed is the upload signer as `cdk synth` wrote it: its binary, and the settings of its environment.
func deployed(assembly string) (Contender, error) {
	templates, err := filepath.Glob(filepath.Join(assembly, "*.template.json"))
	if err != nil || len(templates) != 1 {
		return Contender{}, fmt.Errorf("%s has %d templates: want 1\nhint: run `make bench`", assembly, len(templates))
	}
	text, err := os.ReadFile(templates[0])
	if err != nil {
		return Contender{}, err
	}
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties struct {
				Code        struct{ S3Key string }
				Environment struct{ Variables map[string]any }
			}
		}
	}
	if err := json.Unmarshal(text, &template); err != nil {
		return Contender{}, fmt.Errorf("%s: %w", templates[0], err)
	}
	for id, resource := range template.Resources {
		if resource.Type != "AWS::Lambda::Function" || !strings.HasPrefix(id, "UploadSigner") {
			continue
		}
		asset := "asset." + strings.TrimSuffix(resource.Properties.Code.S3Key, ".zip")
		c := Contender{Name: ours, Command: []string{filepath.Join(assembly, asset, "bootstrap")}}
		for name, value := range resource.Properties.Environment.Variables {
			if literal, ok := value.(string); ok { // a reference, such as the bucket's, has an example in environment
				c.Env = append(c.Env, name+"="+literal)
			}
		}
		return c, nil
	}
	return Contender{}, errors.New(templates[0] + " has no UploadSigner")
}

// copyProgram writes in pieces, as who unpacks an archive does: of one large write the kernel makes large pages, each
// resident as a whole.
func copyProgram(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err // a program that runs cannot be written
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755) // a program
	if err != nil {
		return err
	}
	// The wrappers hide that both are files, which could share their pages.
	_, err = io.CopyBuffer(struct{ io.Writer }{out}, struct{ io.Reader }{in}, make([]byte, 32<<10))
	return errors.Join(err, out.Close())
}

// zipSize is how many bytes a file has in a deployment package, packed by Node.js as the CDK CLI does.
func zipSize(ctx context.Context, node, path string) (float64, error) {
	const script = `console.log(require("zlib").deflateRawSync(require("fs").readFileSync(process.argv[1]), {level: 9}).length)`
	const headers = 150 // of an archive with one short name, in bytes
	text, err := exec.CommandContext(ctx, node, "-e", script, path).Output()
	if err != nil {
		return 0, fmt.Errorf("pack %s: %w", path, err)
	}
	size, err := strconv.ParseFloat(strings.TrimSpace(string(text)), 64)
	return size + headers, err
}
