package function

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/presigned/local/lambdaruntime"
)

// process is one running contender. It is executed by the first invocation.
type process struct {
	*contender
	function *lambdaruntime.Function
	last     lambdaruntime.Observation
}

// patience bounds an invocation: far above the slowest start of a loaded machine, far below a hung benchmark.
const patience = 30 * time.Second

// sessionToken has the length of a real one, which each presigned URL has.
var sessionToken = strings.Repeat("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 11)[:700]

// start makes a contender ready on the Runtime API of the local run. Its log goes into a pipe that is read, as on Lambda.
func (c *contender) start() (p *process, err error) {
	p = &process{contender: c}
	p.function, err = lambdaruntime.Start(lambdaruntime.Config{
		Name: "UploadSigner", Bootstrap: c.program, TaskRoot: filepath.Dir(c.program), Handler: "bootstrap",
		Region: "eu-west-1", AccountID: "123456789012", LogGroup: "signer", MemoryMB: 256, Timeout: patience, Concurrency: 1,
		Environment: c.env, Log: io.Discard, Now: time.Now,
		Credentials: func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{
				AccessKeyID: "ASIAIOSFODNN7EXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", SessionToken: sessionToken,
			}, nil
		},
		Observe: func(o lambdaruntime.Observation) { p.last = o },
	})
	return p, err
}

// sign has the process sign that many URLs, and at least one batch.
func (p *process) sign(ctx context.Context, urls int) error {
	for range max(urls/p.urls, 1) {
		if err := p.invoke(ctx); err != nil {
			return err
		}
	}
	return nil
}

// invoke gives the process one event, and waits until it has answered and asks again. It refuses anything but presigned
// URLs, because a contender that fails quickly would win.
func (p *process) invoke(ctx context.Context) error {
	answer, err := p.function.Invoke(ctx, p.event)
	var reply struct {
		StatusCode int
		Body       string
	}
	if err == nil && (json.Unmarshal(answer, &reply) != nil || reply.StatusCode != 200 || strings.Count(reply.Body, "X-Amz-Signature=") != p.urls) {
		err = fmt.Errorf("answered %.300s: want %d presigned URLs", answer, p.urls)
	}
	return err
}
