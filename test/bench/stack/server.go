package stack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// server is a stack, served by a process of its own.
type server struct {
	name     string
	process  *exec.Cmd
	ready    time.Duration // from exec until it can be asked
	endpoint endpoint
}

// stop ends the process, and with it the functions that it started.
func (s *server) stop() {
	_ = syscall.Kill(-s.process.Process.Pid, syscall.SIGTERM)
	ended := make(chan struct{})
	go func() {
		_ = s.process.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
	}
	_ = syscall.Kill(-s.process.Process.Pid, syscall.SIGKILL) // whatever is left
}

// launch starts a program in a group of its own, with what it prints as an error going to a file.
func launch(logFile string, environment []string, program string, arguments ...string) (*exec.Cmd, io.ReadCloser, error) {
	log, err := os.Create(logFile)
	if err != nil {
		return nil, nil, err
	}
	defer log.Close() // the process has its own
	cmd := exec.Command(program, arguments...)
	cmd.Env, cmd.Stderr = environment, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	return cmd, out, cmd.Start()
}

// signIn gets an access token by the plain password flow, which the stage has on.
func signIn(ctx context.Context, cognito, clientID, username, password string) (string, error) {
	var answer struct {
		AuthenticationResult struct{ AccessToken string }
	}
	err := call(ctx, cognito, "AWSCognitoIdentityProviderService.InitiateAuth", map[string]any{
		"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": clientID,
		"AuthParameters": map[string]string{"USERNAME": username, "PASSWORD": password},
	}, &answer)
	if err == nil && answer.AuthenticationResult.AccessToken == "" {
		err = errors.New("sign in: no access token")
	}
	return answer.AuthenticationResult.AccessToken, err
}

// call makes a request of one of the AWS services that speak JSON. The stacks it is sent to check no signature.
func call(ctx context.Context, url, target string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/", bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("X-Amz-Target", target)
	text, err := do(request)
	if err != nil {
		return fmt.Errorf("%s: %w", target, err)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(text, out)
}

func do(request *http.Request) ([]byte, error) {
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= http.StatusMultipleChoices {
		err = fmt.Errorf("%s: %.500s", response.Status, text)
	}
	return text, err
}
