package command

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net/http"
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
		Args:  usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			cfg.API, cfg.S3, cfg.Cognito = "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0"
			cfg.Log, cfg.Now = io.Discard, time.Now
			start := time.Now()
			b, err := startBackEnd(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, b.server.Close()) }()
			cfg.Webhook = b.url
			s, err := stack.Start(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, s.Close()) }()
			d := demo{s: s, out: streams.Out, backEnd: b}
			d.say("started", "%s on this machine, in %v", s.Name(), time.Since(start).Round(time.Millisecond))
			return d.run(cmd.Context())
		},
	}
	assemblyFlags(cmd.Flags(), &cfg)
	return cmd
}

// demo runs the main job and prints each step.
type demo struct {
	s       *stack.Stack
	out     io.Writer
	backEnd *backEnd
}

func (d *demo) say(step, format string, args ...any) {
	_, _ = fmt.Fprintf(d.out, "%-10s %s\n", step, fmt.Sprintf(format, args...))
}

func (d *demo) run(ctx context.Context) error {
	token, err := d.signIn(ctx)
	if err != nil {
		return err
	}
	key, err := d.upload(ctx, token)
	if err != nil {
		return err
	}
	return errors.Join(d.told(key), d.look(ctx, key))
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

// upload sends the file with the client of this repository: it asks the API for a URL, and sends the file to that URL.
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
func (d *demo) look(ctx context.Context, key string) error {
	bucket, store := d.s.Summary.Bucket, d.s.Store.Client()
	listed, err := store.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket})
	if err != nil {
		return fmt.Errorf("list the bucket: %w", err)
	}
	for _, o := range listed.Contents {
		d.say("in bucket", "%s  %d bytes", *o.Key, *o.Size)
	}
	got, err := store.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
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
	d.say("compared", "the %d bytes of the object equal the bytes sent", len(banana))
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
