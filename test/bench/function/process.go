package function

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"example.com/presigned/test/bench/measure"
)

// Contender is a function to measure.
type Contender struct {
	Name    string
	Command []string // the program, absolute, and its arguments
	Env     []string // besides what Lambda sets and what the stack sets for the signer
}

// process is one running contender.
type process struct {
	cmd     *exec.Cmd
	api     *runtimeAPI
	exited  chan error
	started time.Time // just before exec
}

// patience bounds every wait: far above the slowest start of a loaded machine, far below a hung benchmark.
const patience = 30 * time.Second

// environment is what Lambda and the stack would set. Nothing is inherited. What a contender does not know it ignores.
func environment(api string) []string {
	return []string{
		"AWS_LAMBDA_RUNTIME_API=" + api,
		"AWS_REGION=eu-west-1", "AWS_DEFAULT_REGION=eu-west-1",
		"AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
		"AWS_SESSION_TOKEN=" + exampleSessionToken(),
		"AWS_LAMBDA_FUNCTION_NAME=UploadSigner", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256", "AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"BUCKET=presigneduploads-dev-uploads4f6eb0fd-9xm3k2ejq1ab",
		"OPERATIONS=putObject,createMultipartUpload,uploadPart,listParts,completeMultipartUpload,abortMultipartUpload",
		"MAX_UPLOAD_BYTES=0", "PART_BYTES=8388608", "CONTENT_TYPES=*/*", "CLIENT_IDS=1example23456789",
		"ALLOWED_ORIGINS=https://app.example.com",
		"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=en_US.UTF-8", "TZ=:UTC",
	}
}

// exampleSessionToken has the length of a real one, which each presigned URL carries.
func exampleSessionToken() string {
	token := make([]byte, 700)
	for i := range token {
		token[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[i*37%64]
	}
	return string(token)
}

// start executes a contender. Its log goes into a pipe that is read, as on Lambda.
func (c Contender) start(ctx context.Context) (*process, error) {
	api, err := serveRuntimeAPI()
	if err != nil {
		return nil, err
	}
	p := &process{api: api, exited: make(chan error, 1)}
	p.cmd = exec.CommandContext(ctx, c.Command[0], c.Command[1:]...)
	p.cmd.Env = append(environment(api.listener.Addr().String()), c.Env...)
	p.cmd.Stdout, p.cmd.Stderr = io.Discard, os.Stderr
	p.started = time.Now()
	if err := p.cmd.Start(); err != nil {
		api.close()
		return nil, fmt.Errorf("start %s: %w", c.Name, err)
	}
	go func() { p.exited <- p.cmd.Wait() }()
	return p, nil
}

// polled waits until the process asks for an invocation.
func (p *process) polled() error {
	select {
	case <-p.api.polls:
		return nil
	case err := <-p.exited:
		return fmt.Errorf("ended before it asked for an invocation: %w", err)
	case <-time.After(patience):
		return errors.New("does not ask for an invocation")
	}
}

// invoke gives the process, which has asked, one event, and waits until it has answered and asks again.
func (p *process) invoke(event []byte) (answered time.Time, err error) {
	p.api.events <- event
	select {
	case a := <-p.api.answers:
		if err := check(a); err != nil {
			return time.Time{}, err
		}
		return a.at, p.polled()
	case err := <-p.exited:
		return time.Time{}, fmt.Errorf("ended before it answered: %w", err)
	case <-time.After(patience):
		return time.Time{}, errors.New("does not answer")
	}
}

// check refuses anything but a presigned URL: a contender that fails quickly would win.
func check(a answer) error {
	var reply struct {
		StatusCode int
		Body       string
	}
	var body struct{ URL string }
	if a.failed() || json.Unmarshal(a.body, &reply) != nil || reply.StatusCode != 200 ||
		json.Unmarshal([]byte(reply.Body), &body) != nil || len(body.URL) < 200 {
		return fmt.Errorf("answered %s %.300s: want a presigned URL", a.path, a.body)
	}
	return nil
}

// usage reads what the process has used so far.
func (p *process) usage() (time.Duration, measure.Memory, error) {
	cpu, err := measure.CPUTime(p.cmd.Process.Pid)
	if err != nil {
		return 0, measure.Memory{}, err
	}
	memory, err := measure.MemoryOf(p.cmd.Process.Pid)
	return cpu, memory, err
}

func (p *process) stop() {
	_ = p.cmd.Process.Kill() // fails only if it is gone already
	select {
	case <-p.exited:
	case <-time.After(patience):
	}
	p.api.close()
}
