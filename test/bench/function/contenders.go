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

const (
	ours  = "this project"
	limit = "Go, own signer and loop (the limit)"
)

// contenders finds what `make bench` prepared below build. Ours comes first, then the limit, then ours with a batch.
func contenders(build string) ([]contender, error) {
	signer, err := deployed(filepath.Join(build, "local-assembly"))
	if err != nil {
		return nil, err
	}
	// A program that the linker has just written starts slower than a copy of it: each runs from a copy.
	bench := filepath.Join(build, "bench")
	for source, copied := range map[string]string{signer.program: "signer-copy", filepath.Join(bench, "bare"): "bare-copy"} {
		if err := copyProgram(source, filepath.Join(bench, copied)); err != nil {
			return nil, err
		}
	}
	signer.program = filepath.Join(bench, "signer-copy")
	signer.event, signer.urls = event, 1
	batch := signer
	batch.name, batch.urls = ours+", a batch of 100", 100
	if batch.event, err = batched(event, batch.urls); err != nil {
		return nil, err
	}
	return []contender{signer, {name: limit, program: filepath.Join(bench, "bare-copy"), env: references(), event: event, urls: 1}, batch}, nil
}

// deployed is the upload signer as `cdk synth` wrote it: its binary, and the settings of its environment.
func deployed(assembly string) (contender, error) {
	t, err := template.Load(assembly)
	if err != nil {
		return contender{}, fmt.Errorf("%w\nhint: run `make bench`", err)
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
			return contender{}, err
		}
		asset, err := t.Asset(p.Code.S3Key)
		c := contender{name: ours, program: filepath.Join(asset, "bootstrap"), env: references()}
		for name, value := range p.Environment.Variables {
			if literal, ok := value.(string); ok {
				c.env[name] = literal
			}
		}
		return c, err
	}
	return contender{}, errors.New(assembly + " has no UploadSigner")
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
