package function

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"example.com/presigned/local/template"
)

const (
	ours  = "this project"
	limit = "Go, own signer and loop (the limit)"
)

// contenders finds what `make bench` prepared below build. Ours comes first, then the limit, then ours with a batch.
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
	signer.Event, signer.URLs = event, 1
	batch := signer
	batch.Name, batch.URLs = ours+", a batch of 100", 100
	if batch.Event, err = batched(event, batch.URLs); err != nil {
		return nil, err
	}
	return []Contender{signer, {Name: limit, Command: []string{filepath.Join(bench, "bare-copy")}, Event: event, URLs: 1}, batch}, nil
}

// deployed is the upload signer as `cdk synth` wrote it: its binary, and the settings of its environment.
func deployed(assembly string) (Contender, error) {
	t, err := template.Load(assembly)
	if err != nil {
		return Contender{}, fmt.Errorf("%w\nhint: run `make bench`", err)
	}
	for _, function := range t.Resources("AWS::Lambda::Function") {
		if !strings.HasPrefix(function.LogicalID, "UploadSigner") {
			continue
		}
		code, _ := function.Properties["Code"].(map[string]any)
		environment, _ := function.Properties["Environment"].(map[string]any)
		variables, _ := environment["Variables"].(map[string]any)
		asset, err := t.Asset(fmt.Sprint(code["S3Key"]))
		c := Contender{Name: ours, Command: []string{filepath.Join(asset, "bootstrap")}}
		for name, value := range variables {
			if literal, ok := value.(string); ok { // a reference, such as the bucket's, has an example in environment
				c.Env = append(c.Env, name+"="+literal)
			}
		}
		return c, err
	}
	return Contender{}, errors.New(assembly + " has no UploadSigner")
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

// zipSize is how many bytes a file has in a deployment package.
func zipSize(path string) (float64, error) {
	program, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestCompression) })
	f, err := w.Create("bootstrap")
	if err != nil {
		return 0, err
	}
	if _, err := f.Write(program); err != nil {
		return 0, err
	}
	err = w.Close()
	return float64(packed.Len()), err
}
