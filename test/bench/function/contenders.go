package function

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"example.com/presigned/local/template"
)

// contenders finds what `make bench` prepared below build: ours, the limit, and ours with a batch of 100.
func contenders(build string) (us, limit, batch *contender, err error) {
	if us, err = deployed(filepath.Join(build, "local-assembly")); err != nil {
		return nil, nil, nil, err
	}
	// A program that the linker has just written starts slower than a copy of it: each runs from a copy.
	bench := filepath.Join(build, "bench")
	signer, bare := filepath.Join(bench, "signer-copy"), filepath.Join(bench, "bare-copy")
	if err := errors.Join(copyProgram(us.program, signer), copyProgram(filepath.Join(bench, "bare"), bare)); err != nil {
		return nil, nil, nil, err
	}
	us.program = signer
	limit = &contender{name: "Go, own signer and loop (the limit)", program: bare, env: references(), event: event, urls: 1}
	batch = &contender{name: us.name + ", a batch of 100", program: signer, env: us.env, urls: 100}
	var e map[string]any
	if err := json.Unmarshal(event, &e); err != nil {
		return nil, nil, nil, err
	}
	one := e["body"].(string)
	e["body"] = `{"requests":[` + strings.Repeat(one+",", batch.urls-1) + one + `]}`
	batch.event, err = json.Marshal(e)
	return us, limit, batch, err
}

// references are the signer's variables that refer to resources, with examples.
func references() map[string]string {
	return map[string]string{"BUCKET": "presigneduploads-dev-uploads4f6eb0fd-9xm3k2ejq1ab", "CLIENT_IDS": "1example23456789"}
}

// deployed is the upload signer as `cdk synth` wrote it: its binary, and the settings of its environment.
func deployed(assembly string) (*contender, error) {
	t, err := template.Load(assembly)
	if err != nil {
		return nil, fmt.Errorf("%w\nhint: run `make bench`", err)
	}
	for _, function := range t.Resources("AWS::Lambda::Function") {
		if !strings.HasPrefix(function.LogicalID, "UploadSigner") {
			continue
		}
		var p struct {
			Code        struct{ S3Key string }
			Environment struct{ Variables map[string]any }
		}
		text, _ := json.Marshal(function.Properties) // it was JSON before
		if err := json.Unmarshal(text, &p); err != nil {
			return nil, err
		}
		asset, err := t.Asset(p.Code.S3Key)
		c := &contender{name: "this project", program: filepath.Join(asset, "bootstrap"), env: references(), event: event, urls: 1}
		for name, value := range p.Environment.Variables {
			if literal, ok := value.(string); ok {
				c.env[name] = literal
			}
		}
		return c, err
	}
	return nil, errors.New(assembly + " has no UploadSigner")
}

// copyProgram copies in blocks, as a program that unpacks an archive does: after one large write, the kernel uses large
// pages, and each is resident as a whole.
func copyProgram(from, to string) error {
	text, err := exec.Command("dd", "bs=32k", "if="+from, "of="+to).CombinedOutput()
	if err != nil {
		return fmt.Errorf("copy %s: %w: %s", from, err, text)
	}
	return os.Chmod(to, 0o755) // a program
}

// zipSize is how many bytes a deployment package with only this program has.
func zipSize(program string) (float64, error) {
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestCompression) })
	err := errors.Join(w.AddFS(os.DirFS(filepath.Dir(program))), w.Close())
	return float64(packed.Len()), err
}
