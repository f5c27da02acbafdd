package stack

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

const (
	region  = "eu-west-1"
	account = "000000000000"
	assets  = "cdk-hnb659fds-assets-" + account + "-" + region // as `cdk bootstrap` names the bucket
	stack   = "PresignedUploads-bench"
)

// miniStack is an emulator of AWS that other people wrote. It is measured as it comes: over plain HTTP, and without
// checking signatures and policies, which the local run does check.
type miniStack struct{ url, assembly string }

// startMiniStack runs it and deploys the stack by its CloudFormation, without the CDK CLI, which would take longer.
func startMiniStack(ctx context.Context, build string) (*server, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(address)
	m := miniStack{url: "http://" + address, assembly: filepath.Join(build, "bench", "stack-assembly")}
	home := filepath.Join(build, "bench", "ministack")
	if err := errors.Join(os.RemoveAll(home), os.MkdirAll(home, 0o755)); err != nil {
		return nil, err
	}
	start := time.Now()
	cmd, out, err := launch(filepath.Join(build, "bench", "ministack.log"), []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + home,
		"LAMBDA_EXECUTOR=local", "IOT_MTLS_ENABLED=0", "LOG_LEVEL=ERROR",
		"MINISTACK_HOST=127.0.0.1", "GATEWAY_PORT=" + port, "MINISTACK_REGION=" + region, "MINISTACK_ACCOUNT_ID=" + account,
		"AWS_ENDPOINT_URL=" + m.url, "AWS_ENDPOINT_URL_S3=" + m.url,
	}, filepath.Join(build, "venv", "emulated", "bin", "python"), "-m", "hypercorn", "ministack.app:app", "--bind", address)
	if err != nil {
		return nil, err
	}
	out.Close()
	s := &server{name: peer, process: cmd}
	outputs, err := m.deploy(ctx)
	s.ready = time.Since(start)
	if err == nil {
		s.endpoint, err = m.signUp(ctx, outputs)
	}
	if err != nil {
		s.stop()
		return nil, fmt.Errorf("MiniStack: %w", err)
	}
	return s, nil
}

// deploy does what `cdk bootstrap` and `cdk deploy` do, as far as the template needs it.
func (m miniStack) deploy(ctx context.Context) (map[string]string, error) {
	if err := m.await(ctx); err != nil {
		return nil, err
	}
	if err := m.put(ctx, assets, nil); err != nil {
		return nil, err
	}
	folders, err := filepath.Glob(filepath.Join(m.assembly, "asset.*"))
	if err != nil {
		return nil, err
	}
	for _, folder := range folders {
		packed, err := pack(filepath.Join(folder, "bootstrap"))
		if err != nil {
			return nil, err
		}
		hash := strings.TrimPrefix(filepath.Base(folder), "asset.")
		if err := m.put(ctx, assets+"/"+hash+".zip", packed); err != nil {
			return nil, err
		}
	}
	err = call(ctx, m.url, "AmazonSSM.PutParameter", map[string]any{"Name": "/cdk-bootstrap/hnb659fds/version", "Value": "21", "Type": "String"}, nil)
	if err != nil {
		return nil, err
	}
	template, err := os.ReadFile(filepath.Join(m.assembly, stack+".template.json"))
	if err != nil {
		return nil, err
	}
	if _, err := m.cloudFormation(ctx, url.Values{
		"Action": {"CreateStack"}, "StackName": {stack}, "TemplateBody": {string(template)}, "Capabilities.member.1": {"CAPABILITY_IAM"},
	}); err != nil {
		return nil, err
	}
	return m.created(ctx)
}

// created waits for the end of the deployment and returns the stack's outputs.
func (m miniStack) created(ctx context.Context) (map[string]string, error) {
	status := regexp.MustCompile(`<StackStatus>(\w+)</StackStatus>`)
	output := regexp.MustCompile(`<OutputKey>([^<]+)</OutputKey>\s*<OutputValue>([^<]+)</OutputValue>`)
	for {
		text, err := m.cloudFormation(ctx, url.Values{"Action": {"DescribeStacks"}, "StackName": {stack}})
		if err != nil {
			return nil, err
		}
		found := status.FindStringSubmatch(text)
		switch {
		case found == nil:
			return nil, fmt.Errorf("no stack in %.300s", text)
		case found[1] == "CREATE_COMPLETE":
			outputs := map[string]string{}
			for _, pair := range output.FindAllStringSubmatch(text, -1) {
				outputs[pair[1]] = pair[2]
			}
			return outputs, nil
		case found[1] != "CREATE_IN_PROGRESS":
			return nil, fmt.Errorf("stack is %s: %.500s", found[1], text)
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// signUp makes a user and signs in.
func (m miniStack) signUp(ctx context.Context, outputs map[string]string) (endpoint, error) {
	const username, password = "johndoe", "correct-Horse-7"
	pool := outputs["UserPoolId"]
	const service = "AWSCognitoIdentityProviderService."
	err := call(ctx, m.url, service+"AdminCreateUser", map[string]any{"UserPoolId": pool, "Username": username, "MessageAction": "SUPPRESS"}, nil)
	if err == nil {
		err = call(ctx, m.url, service+"AdminSetUserPassword", map[string]any{"UserPoolId": pool, "Username": username, "Password": password, "Permanent": true}, nil)
	}
	if err != nil {
		return endpoint{}, err
	}
	token, err := signIn(ctx, m.url, outputs["AppClientId"], username, password)
	if err != nil {
		return endpoint{}, err
	}
	// https://<api>.execute-api.<region>.amazonaws.com/<path> is served below a path of its own.
	u, err := url.Parse(outputs["UploadUrl"])
	if err != nil {
		return endpoint{}, err
	}
	api, _, _ := strings.Cut(u.Host, ".")
	return endpoint{url: m.url + "/_aws/execute-api/" + api + u.Path, token: token}, nil
}

func (m miniStack) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, m.url+"/_ministack/health", nil)
		if err != nil {
			return err
		}
		if _, err := do(request); err == nil {
			return nil
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return fmt.Errorf("it does not start: see bench/ministack.log in the build folder: %w", err)
		}
	}
}

// put makes a bucket, or an object of one.
func (m miniStack) put(ctx context.Context, path string, content []byte) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, m.url+"/"+path, bytes.NewReader(content))
	if err != nil {
		return err
	}
	_, err = do(request)
	return err
}

func (m miniStack) cloudFormation(ctx context.Context, form url.Values) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, m.url+"/", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	// It finds the service in the credential's scope.
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/"+region+"/cloudformation/aws4_request, SignedHeaders=host, Signature=none")
	text, err := do(request)
	return string(text), err
}

// pack is a deployment package of one executable.
func pack(program string) ([]byte, error) {
	content, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	header := &zip.FileHeader{Name: filepath.Base(program), Method: zip.Deflate}
	header.SetMode(0o755)
	entry, err := archive.CreateHeader(header)
	if err != nil {
		return nil, err
	}
	_, err = entry.Write(content)
	if err := errors.Join(err, archive.Close()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
