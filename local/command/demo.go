package command

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"example.com/presigned/client"
	"example.com/presigned/client/signin"
	"example.com/presigned/local/stack"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/spf13/cobra"
)

//go:embed testdata/banana.json
var banana []byte

func demoCommand(streams IO) *cobra.Command {
	var cfg stack.Config
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Start the stack, sign in, upload a file through a presigned URL, tell a back end, look into the bucket",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			cfg.API, cfg.S3, cfg.Cognito = "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0"
			cfg.Log, cfg.Now = io.Discard, time.Now
			start := time.Now()
			d := demo{out: streams.Out}
			var stop func() error
			if cfg.Webhook, stop, err = d.startBackEnd(cmd.Context()); err != nil {
				return err
			}
			defer func() { err = errors.Join(err, stop()) }()
			if d.s, err = stack.Start(cmd.Context(), cfg); err != nil {
				return err
			}
			defer func() { err = errors.Join(err, d.s.Close()) }()
			d.say("started", "%s on this machine, in %v", d.s.Name(), time.Since(start).Round(time.Millisecond))
			return d.run(cmd.Context())
		},
	}
	assemblyFlags(cmd.Flags(), &cfg)
	return cmd
}

// demo runs the main job and prints each step.
type demo struct {
	s      *stack.Stack
	out    io.Writer
	events sync.Map // events.Event by key: the same event may come twice
}

func (d *demo) say(step, format string, args ...any) {
	_, _ = fmt.Fprintf(d.out, "%-10s %s\n", step, fmt.Sprintf(format, args...))
}

func (d *demo) run(ctx context.Context) error {
	token, err := d.signIn(ctx)
	if err != nil {
		return err
	}
	plain, err := d.post(ctx, token)
	if err != nil {
		return err
	}
	named, err := d.upload(ctx, token)
	if err != nil {
		return err
	}
	if err := d.told(plain, named); err != nil {
		return err
	}
	return d.look(ctx, plain, named)
}

// signIn signs the demo user in with SRP, which every stage allows.
func (d *demo) signIn(ctx context.Context) (string, error) {
	m := d.s.Summary
	c, err := signin.New(signin.Config{
		Region: m.Region, UserPoolID: m.UserPoolID, AppClientID: m.AppClientID, Endpoint: m.CognitoURL,
	})
	if err != nil {
		return "", err
	}
	tokens, err := c.SignIn(ctx, m.Username, m.Password, nil)
	if err != nil {
		return "", err
	}
	d.say("signed in", "%s, by SRP: the password was not sent", m.Username)
	return tokens.AccessToken, nil
}

// post is the smallest use of the endpoint: one POST, then exactly the answer's method, url and headers.
func (d *demo) post(ctx context.Context, token string) (key string, err error) {
	body, err := json.Marshal(map[string]string{"username": d.s.Summary.Username})
	if err != nil {
		return "", err
	}
	var presigned struct {
		URL, Method, Key string
		Headers          map[string]string
	}
	answer, err := d.send(ctx, http.MethodPost, d.s.Summary.UploadURL, body, map[string]string{
		"Authorization": "Bearer " + token, "Content-Type": "application/json",
	})
	if err == nil {
		err = json.Unmarshal(answer, &presigned)
	}
	if err == nil {
		_, err = d.send(ctx, presigned.Method, presigned.URL, banana, presigned.Headers)
	}
	if err != nil {
		return "", fmt.Errorf("upload by hand: %w", err)
	}
	d.say("uploaded", "%d bytes, as %s", len(banana), presigned.Key)
	return presigned.Key, nil
}

func (d *demo) send(ctx context.Context, method, url string, body []byte, headers map[string]string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	resp, err := shower{d}.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", resp.Status, answer)
	}
	return answer, nil
}

// upload sends the file with the client of this repository, which sends the file's name too.
func (d *demo) upload(ctx context.Context, token string) (key string, err error) {
	c, err := client.New(client.Config{
		UploadURL: d.s.Summary.UploadURL, HTTPClient: &http.Client{Transport: shower{d}},
		Token: func(context.Context) (string, error) { return token, nil },
	})
	if err != nil {
		return "", err
	}
	r, err := c.Upload(ctx, client.File{
		Name: "banana.json", ContentType: "application/json", Content: bytes.NewReader(banana), Size: int64(len(banana)),
	})
	if err != nil {
		return "", err
	}
	d.say("uploaded", "banana.json, %d bytes, as %s", r.Size, r.Key)
	return r.Key, nil
}

// look lists the bucket and compares the bytes, with a client that knows nothing of presigned URLs.
func (d *demo) look(ctx context.Context, keys ...string) error {
	bucket := d.s.Summary.Bucket
	listed, err := d.s.Store.Client().ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket})
	if err != nil {
		return fmt.Errorf("list the bucket: %w", err)
	}
	for _, o := range listed.Contents {
		d.say("in bucket", "%s  %d bytes", *o.Key, *o.Size)
	}
	for _, key := range keys {
		got, err := d.s.Store.Client().GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
		if err != nil {
			return fmt.Errorf("get %q: %w", key, err)
		}
		stored, err := io.ReadAll(got.Body)
		if err := errors.Join(err, got.Body.Close()); err != nil {
			return fmt.Errorf("read %q: %w", key, err)
		}
		if !bytes.Equal(stored, banana) {
			return fmt.Errorf("%q holds %d bytes that differ from the %d bytes sent", key, len(stored), len(banana))
		}
	}
	d.say("compared", "the %d bytes of each object equal the %d bytes sent", len(banana), len(banana))
	return nil
}

// shower prints each request and its status, without the query, which has the signature.
type shower struct{ d *demo }

func (s shower) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err == nil {
		s.d.say("sent", "%s %s://%s%s  %d", r.Method, r.URL.Scheme, r.URL.Host, r.URL.Path, resp.StatusCode)
	}
	return resp, err
}
