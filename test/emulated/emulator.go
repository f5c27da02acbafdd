package main

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"example.com/presigned/test/harness"
	"example.com/presigned/test/leaks"
)

const (
	region  = "eu-central-1" // as in docs/deploy.md
	account = "210987654321" // not the documents' 111122223333, which a stage takes for a placeholder
	// It starts in two seconds; a busy machine may take far longer.
	startPatience = 2 * time.Minute
	stopPatience  = 10 * time.Second
)

// emulator is MiniStack, running.
type emulator struct {
	url         string // all that AWS serves, over TLS
	plain       string // the same over plain HTTP
	version     string
	certificate string // file, to be trusted
	scratch     string // folder of all that this run writes
	client      *http.Client
	process     *exec.Cmd
	ended       chan struct{} // closed when the process has
	secrets     leaks.Search  // in what is answered and printed
}

// searched fails if a refusal, or the output of a program, contains a secret.
func (e *emulator) searched(where string, text []byte) error {
	var found []error
	for _, leak := range e.secrets.Refusal(where, text) {
		found = append(found, errors.New(leak))
	}
	return errors.Join(found...)
}

func startEmulator(ctx context.Context, root string) (*emulator, error) {
	e := &emulator{scratch: filepath.Join(root, "build", "emulated"), ended: make(chan struct{})}
	e.certificate = filepath.Join(e.scratch, "certificate.pem")
	key := filepath.Join(e.scratch, "key.pem")
	err := errors.Join(os.RemoveAll(e.scratch), os.MkdirAll(filepath.Join(e.scratch, "home"), 0o755))
	if err != nil {
		return nil, err
	}
	if e.client, err = writeCertificate(e.certificate, key); err != nil {
		return nil, err
	}
	if err := e.launch(filepath.Join(root, "build", "venv", "emulated", "bin", "python"), key); err != nil {
		return nil, err
	}
	if err := e.await(ctx); err != nil {
		return nil, errors.Join(err, e.stop())
	}
	return e, nil
}

// launch starts the process. MiniStack's own program would also listen on port 443, hence its server directly.
func (e *emulator) launch(python, key string) error {
	secure, insecure, err := freePorts()
	if err != nil {
		return err
	}
	e.url, e.plain = "https://"+secure, "http://"+insecure
	log, err := os.Create(filepath.Join(e.scratch, "emulator.log"))
	if err != nil {
		return err
	}
	defer log.Close() // the process has its own
	e.process = exec.Command(python, "-m", "hypercorn", "ministack.app:app",
		"--bind", secure, "--certfile", e.certificate, "--keyfile", key, "--insecure-bind", insecure)
	e.process.Env = e.environment(insecure)
	e.process.Stdout, e.process.Stderr = log, log
	// A group of its own, so that the functions that it starts end with it, and Ctrl-C reaches us alone.
	e.process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := e.process.Start(); err != nil {
		return fmt.Errorf("start the emulator: %w\nhint: `make deploy-emulated` installs it", err)
	}
	go func() {
		_ = e.process.Wait()
		close(e.ended)
	}()
	return nil
}

// environment is MiniStack's environment. MiniStack passes it to the functions, so they sign URLs of MiniStack.
func (e *emulator) environment(insecure string) []string {
	_, port, _ := net.SplitHostPort(insecure)
	home := filepath.Join(e.scratch, "home")
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + home,
		"AUTH=true",             // verify signatures, enforce IAM and bucket policies
		"LAMBDA_EXECUTOR=local", // functions as processes, no docker
		"IOT_MTLS_ENABLED=0",    // would listen on a fixed port
		// Where it finds itself. Its authorizer fetches the user pool's keys over plain HTTP, whatever USE_SSL says.
		"MINISTACK_HOST=127.0.0.1", "GATEWAY_PORT=" + port,
		"MINISTACK_REGION=" + region, "MINISTACK_ACCOUNT_ID=" + account,
		"AWS_ENDPOINT_URL=" + e.url, "AWS_ENDPOINT_URL_S3=" + e.url,
		"PYTHONDONTWRITEBYTECODE=1",
	}
}

// await waits until the emulator answers, and learns its version.
func (e *emulator) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for {
		health, err := harness.ExchangeBy(ctx, e.client, http.MethodGet, e.url+"/_ministack/health", nil, nil)
		var answer struct{ Version string }
		if err == nil && json.Unmarshal(health.Body, &answer) == nil && answer.Version != "" {
			e.version = answer.Version
			return nil
		}
		select {
		case <-e.ended:
			log, _ := os.ReadFile(filepath.Join(e.scratch, "emulator.log"))
			return fmt.Errorf("the emulator did not start:\n%s", lastLines(string(log)))
		case <-ctx.Done():
			return fmt.Errorf("wait for the emulator: %w", ctx.Err())
		case <-again.C:
		}
	}
}

// stop ends the emulator and the functions that it started.
func (e *emulator) stop() error {
	group := -e.process.Process.Pid
	_ = syscall.Kill(group, syscall.SIGTERM)
	select {
	case <-e.ended:
	case <-time.After(stopPatience):
	}
	_ = syscall.Kill(group, syscall.SIGKILL) // whatever is left
	<-e.ended
	for _, address := range []string{e.url, e.plain} {
		_, host, _ := strings.Cut(address, "://")
		if connection, err := net.Dial("tcp", host); err == nil {
			_ = connection.Close()
			return fmt.Errorf("something still listens on %s", host)
		}
	}
	return nil
}

// freePorts returns two loopback addresses that nobody listens on.
func freePorts() (first, second string, err error) {
	a, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", err
	}
	defer a.Close()
	b, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", err
	}
	defer b.Close()
	return a.Addr().String(), b.Addr().String(), nil
}

// writeCertificate writes the certificate of net/http/httptest, which is for 127.0.0.1 and its own authority, and its key.
// It returns a client that trusts it. The bucket policy denies plain HTTP, and the emulator enforces it, so everything
// goes over TLS.
func writeCertificate(certificate, key string) (*http.Client, error) {
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	pair := server.TLS.Certificates[0]
	secret, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		return nil, err
	}
	return server.Client(), errors.Join(
		os.WriteFile(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}), 0o600),
		os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600),
	)
}
