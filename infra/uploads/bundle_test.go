package uploads

import (
	"archive/zip"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/presigned/infra/stage"
)

func TestTwoCheckoutsAndBuildersMakeTheSameBytes(t *testing.T) {
	one, another := filepath.Join(t.TempDir(), "one"), filepath.Join(t.TempDir(), "another", "deeper")
	copySources(t, one)
	if err := os.CopyFS(another, os.DirFS(one)); err != nil {
		t.Fatal(err)
	}
	want := build(t, filepath.Join(one, "lambda"))
	settings := filepath.Join(t.TempDir(), "goenv") // what `go env -w` writes
	write(t, settings, "GOFLAGS=-gcflags=all=-N\n")
	t.Setenv("GOENV", settings)
	t.Setenv("GOFLAGS", "")
	t.Setenv("GOARCH", "riscv64")
	t.Setenv("GOWORK", filepath.Join(another, "none.work"))
	if got := build(t, filepath.Join(another, "lambda")); got != want {
		t.Errorf("got another binary in another folder with GOFLAGS, GOARCH and GOWORK set: %x, want %x", got, want)
	}
}

func TestTheFunctionOfAnotherModulesAppComesFromTheModuleCache(t *testing.T) {
	root, proxy, app := t.TempDir(), t.TempDir(), t.TempDir()
	source := filepath.Join(root, "example.com", "presigned@v1.0.0")
	copySources(t, source)
	publish(t, root, proxy)
	downloaded, err := exec.CommandContext(t.Context(), "go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(app, "go.mod"), "module app\n\ngo 1.26.0\n\nrequire example.com/presigned v1.0.0\n")
	t.Chdir(app)
	t.Setenv("GOMODCACHE", t.TempDir())
	t.Setenv("GOPROXY", "file://"+proxy+",file://"+filepath.Join(strings.TrimSpace(string(downloaded)), "cache", "download"))
	t.Setenv("GONOSUMDB", "*")
	t.Setenv("GOFLAGS", "-mod=mod -modcacherw")
	t.Setenv("GOWORK", "off")
	dir, err := packageDir(DefaultMainPackage)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join("example.com", "presigned@v1.0.0", "lambda"); !strings.HasSuffix(dir, want) {
		t.Errorf("got folder %s, want one that ends in %s", dir, want)
	}
	if got, want := build(t, dir), build(t, filepath.Join(source, "lambda")); got != want {
		t.Errorf("got binary %x from the module cache, want %x as from a checkout", got, want)
	}
}

func TestAPackageThatIsNotThereIsNamed(t *testing.T) {
	_, err := packageDir("example.com/presigned/missing")
	if err == nil || !strings.Contains(err.Error(), `"example.com/presigned/missing"`) {
		t.Errorf("got %v, want the import path", err)
	}
}

// publish writes the module below root as version v1.0.0 into a folder in the layout of a module proxy.
func publish(t *testing.T, root, proxy string) {
	t.Helper()
	dir := filepath.Join(proxy, "example.com", "presigned", "@v")
	write(t, filepath.Join(dir, "list"), "v1.0.0\n")
	write(t, filepath.Join(dir, "v1.0.0.info"), `{"Version": "v1.0.0"}`)
	mod, err := os.ReadFile(filepath.Join(root, "example.com", "presigned@v1.0.0", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "v1.0.0.mod"), string(mod))
	file, err := os.Create(filepath.Join(dir, "v1.0.0.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	archive := zip.NewWriter(file)
	err = fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() { // AddFS would add folders, which a module's zip file may not have
			return err
		}
		content, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return err
		}
		w, err := archive.Create(name)
		if err == nil {
			_, err = w.Write(content)
		}
		return err
	})
	if err := errors.Join(err, archive.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestAFailedBuildShowsTheCompilersLines(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module broken\n")
	write(t, filepath.Join(dir, "main.go"), "package main\n\nfunc main() { undefinedName() }\n")
	err := (&goBuild{dir, "arm64"}).build(t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "main.go:3:15: undefined: undefinedName") {
		t.Errorf("got %v, want the compiler's line", err)
	}
}

func TestTheStageChoosesTheArchitecture(t *testing.T) {
	for architecture, want := range map[string]string{stage.ARM64: "arm64", stage.X86: "amd64"} {
		if got := goarch(stage.Stage{Architecture: architecture}); got != want {
			t.Errorf("%s: got GOARCH %s, want %s", architecture, got, want)
		}
	}
}

func build(t *testing.T, dir string) [sha256.Size]byte {
	t.Helper()
	out := t.TempDir()
	if err := (&goBuild{dir, "arm64"}).build(out); err != nil {
		t.Fatal(err)
	}
	bootstrap := filepath.Join(out, "bootstrap")
	info, err := os.Stat(bootstrap)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o755 { // the CLI zips the mode
		t.Errorf("got mode %v, want 0755", info.Mode().Perm())
	}
	content, err := os.ReadFile(bootstrap)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(content)
}

// copySources copies what the functions' binary is built from, as a checkout elsewhere would hold it.
func copySources(t *testing.T, to string) {
	t.Helper()
	root := filepath.Join("..", "..")
	for _, file := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(to, file), string(content))
	}
	if err := os.CopyFS(filepath.Join(to, "lambda"), os.DirFS(filepath.Join(root, "lambda"))); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
