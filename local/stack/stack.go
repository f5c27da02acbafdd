// Package stack composes the parts of the local run: it loads the synthesized template, checks that every property
// of it is known, and serves the object store, the user pool, the functions, the REST API and the page on loopback.
//
// It is the only package that knows all parts; they do not know each other. local/command and tests may import it. It needs
// no IAM action: nothing of it reaches AWS.
package stack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"example.com/presigned/local/apigateway"
	"example.com/presigned/local/cognito"
	"example.com/presigned/local/lambdaruntime"
	"example.com/presigned/local/objectstore"
	"example.com/presigned/local/template"
)

// Config says what to serve and where. Paths may be relative to the working directory.
type Config struct {
	Assembly string // the folder that `cdk synth` wrote
	// Listening addresses on loopback, host:port; port 0 takes a free one. Page "" serves no page.
	API, S3, Cognito, Page string
	PageDir                string // the built page; only with Page
	Data                   string // objects stay here; "" is a temporary folder
	OutputsFile            string // written when ready, in the shape of `cdk deploy --outputs-file`; "" writes none
	Contract               string // the OpenAPI document, served beside the page as /openapi.json; "" serves none
	TLS                    bool   // serve all of it over TLS, with a certificate of our own
	CAFile                 string // where that certificate is written; only with TLS

	Log io.Writer // what the functions, the API and the store tell, one Write for each line
	Now func() time.Time

	Keys *cognito.Keys // sign the pool's tokens; nil makes new ones. Tests bring their own, to forge tokens
}

// Stack is a running stack.
type Stack struct {
	Summary     Summary
	NotEnforced []template.NotEnforced
	// Store and Pool are for tests and for the demo, which look behind the stack's front.
	Store *objectstore.Store
	Pool  *cognito.Pool

	cfg     Config
	t       *template.Template
	serving *authority // nil without TLS
	listen  listeners

	deployedURL string            // the API's URL on AWS, which the template's outputs name
	outputs     map[string]string // the template's outputs, with local URLs
	closers     []func() error    // in the order of starting
}

// Start serves the stack. It returns when every part takes requests.
func Start(ctx context.Context, cfg Config) (_ *Stack, err error) {
	s := &Stack{cfg: cfg}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	steps := []func(context.Context) error{
		s.absolute, s.load, s.open, s.register, s.startStore, s.startFunctions, s.addUser, s.summarize, s.servePage,
		s.writeOutputs,
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Close stops everything that Start began, the last begun first.
func (s *Stack) Close() error {
	var errs []error
	for i := len(s.closers) - 1; i >= 0; i-- {
		if err := s.closers[i](); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	s.closers = nil
	return errors.Join(errs...)
}

// load reads the template and stops at anything in it that no part knows.
func (s *Stack) load(context.Context) (err error) {
	if s.t, err = template.Load(s.cfg.Assembly); err != nil {
		return fmt.Errorf("load the cloud assembly: %w", err)
	}
	s.NotEnforced, err = s.t.Check(
		objectstore.Coverage(), cognito.Coverage(), lambdaruntime.Coverage(), apigateway.Coverage(), secretsCoverage(), ignored())
	if err != nil {
		return fmt.Errorf("the template asks for what the local run does not do:\n%w\n"+
			"hint: model the property in local/, or put it on the part's NotEnforced list with a reason", err)
	}
	return nil
}

// ignored are the resource types that no part stands for, with the reason why that is no harm.
func ignored() template.Coverage {
	const (
		unmeasured  = "nothing is measured locally"
		undelivered = "no events are delivered locally"
		unfiltered  = "no web ACL filters requests locally"
		loopback    = "the API answers on its loopback address only"
	)
	return template.Coverage{
		"AWS::CloudWatch::Alarm":           {Ignored: unmeasured},
		"AWS::CloudWatch::Dashboard":       {Ignored: unmeasured},
		"AWS::Logs::MetricFilter":          {Ignored: unmeasured},
		"AWS::Logs::QueryDefinition":       {Ignored: "logs go to standard error"},
		"AWS::Events::Rule":                {Ignored: undelivered},
		"AWS::SQS::Queue":                  {Ignored: undelivered},
		"AWS::SQS::QueuePolicy":            {Ignored: undelivered},
		"AWS::KMS::Key":                    {Ignored: "files are not encrypted on this machine's disk"},
		"AWS::WAFv2::WebACL":               {Ignored: unfiltered},
		"AWS::WAFv2::WebACLAssociation":    {Ignored: unfiltered},
		"AWS::ApiGateway::DomainName":      {Ignored: loopback},
		"AWS::ApiGateway::BasePathMapping": {Ignored: loopback},
		"AWS::Route53::RecordSet":          {Ignored: loopback},
	}
}

// nameIgnored names those resources without a part that outputs and policies refer to.
func (s *Stack) nameIgnored() {
	region, account := s.t.Region(), s.t.AccountID()
	for _, key := range s.t.Resources("AWS::KMS::Key") {
		s.t.SetID(key.LogicalID, key.LogicalID, map[string]string{"Arn": fmt.Sprintf("arn:aws:kms:%s:%s:key/%s", region, account, key.LogicalID)})
	}
	for _, queue := range s.t.Resources("AWS::SQS::Queue") {
		s.t.SetID(queue.LogicalID, fmt.Sprintf("https://sqs.%s.amazonaws.com/%s/%s", region, account, queue.LogicalID), map[string]string{
			"Arn": fmt.Sprintf("arn:aws:sqs:%s:%s:%s", region, account, queue.LogicalID),
		})
	}
}

// register lets every part give its resources their names, before any of them is started: they refer to each other.
func (s *Stack) register(context.Context) (err error) {
	s.Store, err = objectstore.New(s.t, objectstore.Config{
		Listener: s.listen.s3, TLS: s.serving.forStore(), Dir: s.cfg.Data, Log: s.log("s3 "), Now: s.cfg.Now,
	})
	if err != nil {
		return err
	}
	s.Pool, err = cognito.New(cognito.Config{
		Template: s.t, BaseURL: s.url(s.listen.cognito), Clock: s.cfg.Now, Log: s.logger("cognito "), Keys: s.cfg.Keys,
		Admin: cognito.AdminCredentials{AccessKeyID: s.Store.Root.AccessKeyID, SecretAccessKey: s.Store.Root.SecretAccessKey},
	})
	if err != nil {
		return err
	}
	s.nameIgnored()
	s.nameSecrets()
	lambdaruntime.Register(s.t)
	return apigateway.Register(s.t)
}

func (s *Stack) startStore(ctx context.Context) error {
	s.closers = append(s.closers, s.Store.Close)
	if err := s.Store.Start(ctx); err != nil {
		return err
	}
	s.NotEnforced = append(s.NotEnforced, s.Store.NotEnforced()...)
	return nil
}

// serve answers HTTP on a listener until Close.
func (s *Stack) serve(l net.Listener, h http.Handler) {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ErrorLog: s.httpLog()}
	s.closers = append(s.closers, server.Close)
	go server.Serve(s.serving.wrap(l)) //nolint:errcheck // always http.ErrServerClosed: Close ends it
}

// Name is the name that the stack deploys under.
func (s *Stack) Name() string { return s.t.StackName }
