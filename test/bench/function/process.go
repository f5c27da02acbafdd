package function

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"example.com/presigned/local/lambdaruntime"
	"example.com/presigned/test/bench/measure"
)

// Contender is a function to measure.
type Contender struct {
	Name    string
	Command []string // the program, absolute, and its arguments
	Env     []string // besides what Lambda sets, and instead of what the stack sets for the signer
	Event   []byte   // what it answers
	URLs    int      // how many presigned URLs the answer has
}

// batched makes an event for as many URLs as that.
func batched(event []byte, urls int) ([]byte, error) {
	var e map[string]any
	if err := json.Unmarshal(event, &e); err != nil {
		return nil, err
	}
	one, _ := e["body"].(string)
	e["body"] = `{"requests":[` + strings.Repeat(one+",", urls-1) + one + `]}`
	return json.Marshal(e)
}

// process is one running contender. It is executed by the first invocation.
type process struct {
	function *lambdaruntime.Function
	last     lambdaruntime.Observation
}

// patience bounds an invocation: far above the slowest start of a loaded machine, far below a hung benchmark.
const patience = 30 * time.Second

// environment is what the stack would set for the signer. What a contender does not know it ignores.
func (c Contender) environment() map[string]string {
	env := map[string]string{
		"BUCKET":           "presigneduploads-dev-uploads4f6eb0fd-9xm3k2ejq1ab",
		"OPERATIONS":       "putObject,createMultipartUpload,uploadPart,listParts,completeMultipartUpload,abortMultipartUpload",
		"MAX_UPLOAD_BYTES": "0", "PART_BYTES": "8388608", "MAX_BATCH": "100", "CONTENT_TYPES": "*/*", "CLIENT_IDS": "1example23456789",
		"ALLOWED_ORIGINS": "https://app.example.com",
	}
	for _, variable := range c.Env {
		name, value, _ := strings.Cut(variable, "=")
		env[name] = value
	}
	return env
}

// exampleSessionToken has the length of a real one, which each presigned URL carries.
func exampleSessionToken() string {
	token := make([]byte, 700)
	for i := range token {
		token[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[i*37%64]
	}
	return string(token)
}

// start makes a contender ready on the Runtime API of the local run. Its log goes into a pipe that is read, as on Lambda.
func (c Contender) start() (p *process, err error) {
	p = &process{}
	p.function, err = lambdaruntime.Start(lambdaruntime.Config{
		Name: "UploadSigner", Bootstrap: c.Command[0], Args: c.Command[1:], TaskRoot: filepath.Dir(c.Command[0]), Handler: "bootstrap",
		Region: "eu-west-1", AccountID: "123456789012", LogGroup: "signer", MemoryMB: 256, Timeout: patience, Concurrency: 1,
		Environment: c.environment(), Log: io.Discard, Now: time.Now,
		Credentials: func(context.Context) (lambdaruntime.Creds, error) {
			return lambdaruntime.Creds{
				AccessKeyID: "ASIAIOSFODNN7EXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", SessionToken: exampleSessionToken(),
			}, nil
		},
		Observe: func(o lambdaruntime.Observation) { p.last = o },
	})
	return p, err
}

// invoke gives the process one event, and waits until it has answered and asks again.
func (p *process) invoke(ctx context.Context, c Contender) (lambdaruntime.Observation, error) {
	answer, err := p.function.Invoke(ctx, c.Event)
	if err == nil {
		err = check(answer, c.URLs)
	}
	return p.last, err
}

// check refuses anything but presigned URLs: a contender that fails quickly would win.
func check(answer []byte, urls int) error {
	var reply struct {
		StatusCode int
		Body       string
	}
	if json.Unmarshal(answer, &reply) != nil || reply.StatusCode != 200 || strings.Count(reply.Body, "X-Amz-Signature=") != urls {
		return fmt.Errorf("answered %.300s: want %d presigned URLs", answer, urls)
	}
	return nil
}

// usage reads what the process has used so far.
func (p *process) usage() (time.Duration, measure.Memory, error) {
	cpu, err := measure.CPUTime(p.last.PID)
	if err != nil {
		return 0, measure.Memory{}, err
	}
	memory, err := measure.MemoryOf(p.last.PID)
	return cpu, memory, err
}
