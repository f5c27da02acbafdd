// Package stack composes the local run: it loads the synthesized template, stops at a property that no package
// models, and serves the object store, the user pool, the functions, the REST API and the page on loopback.
//
// It is the only package that imports all the others. Those import local/template only, or nothing of the local run. Nothing
// here calls AWS, so no part of the local run needs an IAM action.
package stack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"example.com/presigned/local/apigateway"
	"example.com/presigned/local/cognito"
	"example.com/presigned/local/events"
	"example.com/presigned/local/objectstore"
	"example.com/presigned/local/template"
)

// Config says what to serve and where. Paths may be relative to the working directory.
type Config struct {
	Assembly string // the folder that `cdk synth` wrote
	// Listening addresses on loopback, host:port; port 0 takes a free one. Page "" serves no page.
	API, S3, Cognito, Page string
	S3Endpoint             string // the URL that is signed, such as a relay's; "" is S3's own
	// Movable names the flags whose address may change to a free port if its port is taken. "outputs" lets the outputs file
	// have another name while another run uses it.
	Movable                []string
	PageDir                string // the built page; only with Page
	Data                   string // objects stay here; "" is a temporary folder
	OutputsFile            string // written when ready, in the shape of `cdk deploy --outputs-file`; "" writes none
	Webhook, WebhookSecret string // gets the events of completed uploads, with the secret; "" sends none

	Log io.Writer // the log of the functions, the API and the store; one Write for each line
	Now func() time.Time

	Keys *cognito.Keys // sign the pool's tokens; nil makes new ones. Tests pass their own, to forge tokens
}

// Stack is a running stack.
type Stack struct {
	Summary     Summary
	Taken       []string // ports that were not free, so that this run has others
	NotEnforced []template.NotEnforcedProperty
	// Store, Pool and Events are for tests and for the demo, which look into the bucket and the queue, and add users.
	Store  *objectstore.Store
	Pool   *cognito.Pool
	Events *events.Bus

	cfg    Config
	t      *template.Template
	listen listeners

	deployedURL string            // the API's URL on AWS, which the template's outputs name
	outputs     map[string]string // the template's outputs, with local URLs
	closers     []func() error    // in the order of starting
}

// Start serves the stack. It returns when every part accepts requests.
func Start(ctx context.Context, cfg Config) (_ *Stack, err error) {
	s := &Stack{cfg: cfg}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	steps := []func(context.Context) error{
		s.absolute, s.load, s.open, s.register, s.startFunctions, s.startStore, s.addUser, s.summarize, s.check, s.servePage,
		s.writeOutputs,
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Close stops everything that Start has started, in the reverse order.
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

func (s *Stack) load(context.Context) (err error) {
	if s.t, err = template.Load(s.cfg.Assembly); err != nil {
		return fmt.Errorf("load the cloud assembly: %w", err)
	}
	return nil
}

// ignore accepts the resource types that no package models. If a stage's option made the resource, the start names the
// option.
func (s *Stack) ignore() error {
	if len(s.t.Resources("AWS::GuardDuty::MalwareProtectionPlan")) > 0 {
		return errors.New("the local run does not serve the stage's option malwareScan: nothing scans an upload, and what is not scanned " +
			"cannot be read\nhint: synthesize the stage without it")
	}
	queueOption := "" // webhookUrl brings a queue too, for what could not be delivered
	if s.queuesUploads() {
		queueOption = "uploadEvents"
	}
	for _, r := range []struct{ typ, option, reason string }{
		{"AWS::ApiGateway::BasePathMapping", "domainName", "the API answers on its loopback address only"},
		{"AWS::ApiGateway::DomainName", "domainName", "the API answers on its loopback address only"},
		{"AWS::CloudWatch::Alarm", "alarms", "nothing is measured"},
		{"AWS::CloudWatch::Dashboard", "dashboard", "nothing is measured"},
		{"AWS::Cognito::ManagedLoginBranding", "managedLogin", "no sign-in page is served"},
		{"AWS::Cognito::UserPoolIdentityProvider", "samlProvider or oidcProvider", "nobody signs in through another identity provider"},
		{"AWS::Events::ApiDestination", "webhookUrl", "events go where --webhook says, never to the deployed back end"},
		{"AWS::Events::Rule", "", "each completed upload is an event, whatever the pattern"},
		{"AWS::KMS::Key", "kmsKey", "objects are plain files on this machine"},
		{"AWS::Logs::LogGroup", "", "log lines go to this terminal"},
		{"AWS::Logs::MetricFilter", "dashboard", "nothing is measured"},
		{"AWS::Logs::QueryDefinition", "dashboard", "log lines go to this terminal"},
		{"AWS::Route53::RecordSet", "domainName", "the API answers on its loopback address only"},
		{"AWS::SQS::Queue", queueOption, "events stay in memory, and in the log; no SQS is served"},
		{"AWS::SQS::QueuePolicy", "", "no SQS is served"},
		{"AWS::WAFv2::WebACL", "wafRateLimit", "no web ACL filters requests"},
		{"AWS::WAFv2::WebACLAssociation", "wafRateLimit", "no web ACL filters requests"},
	} {
		s.t.Ignore(r.typ, r.option, r.reason)
	}
	s.t.Note(template.NotEnforcedProperty{
		Type: "AWS::S3::BucketPolicy", Property: "aws:SecureTransport, s3:TlsVersion", Reason: "plain http on loopback counts as TLS 1.2",
	})
	return nil
}

// nameOthers names the resources that no package names and that outputs, policies and other resources refer to.
func (s *Stack) nameOthers() {
	for _, kind := range []struct{ typ, ref, service, resource string }{
		{"AWS::Events::ApiDestination", "{id}", "events", "apidestination/{id}"},
		{"AWS::Events::Connection", "{id}", "events", "connection/{id}"},
		{"AWS::KMS::Key", "{id}", "kms", "key/{id}"},
		{"AWS::Lambda::Function", "{stack}-{id}", "lambda", "function:{stack}-{id}"},
		{"AWS::Logs::LogGroup", "{stack}-{id}", "logs", "log-group:{stack}-{id}:*"},
		{"AWS::SQS::Queue", "https://sqs." + s.t.Region() + ".amazonaws.com/" + s.t.AccountID() + "/{id}", "sqs", "{id}"},
	} {
		for _, r := range s.t.Resources(kind.typ) {
			fill := strings.NewReplacer("{id}", r.LogicalID, "{stack}", s.t.StackName).Replace
			s.t.SetID(r.LogicalID, fill(kind.ref), map[string]string{"Arn": s.t.ARN(kind.service, fill(kind.resource))})
		}
	}
	for _, r := range s.t.Resources(secretType) {
		s.t.SetID(r.LogicalID, s.t.ARN("secretsmanager", "secret:"+r.LogicalID+"-local1"), nil)
	}
}

// register makes the parts, and lets each name its resources before any of them starts, because resources refer to each
// other. It stops at what can't be served.
func (s *Stack) register(context.Context) (err error) {
	if err := s.ignore(); err != nil {
		return err
	}
	s.nameOthers()
	if err := s.openEvents(); err != nil {
		return err
	}
	s.Store, err = objectstore.New(s.t, objectstore.Config{
		Listener: s.listen.s3, Dir: s.cfg.Data, Log: s.log("s3 "), Now: s.cfg.Now,
		Completed: func(o objectstore.Object) { s.Events.Completed(events.Object(o)) },
	})
	if err != nil {
		return err
	}
	s.Pool, err = cognito.New(cognito.Config{
		Template: s.t, BaseURL: url(s.listen.cognito), Clock: s.cfg.Now, Keys: s.cfg.Keys,
		Admin: s.Store.Root,
	})
	if err != nil {
		return err
	}
	return apigateway.Register(s.t)
}

func (s *Stack) startStore(ctx context.Context) error {
	s.closers = append(s.closers, s.Store.Close)
	return s.Store.Start(ctx)
}

// maxHeaderBytes is API Gateway's bound on a request's line and header fields. net/http adds 4 KiB of its own.
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
const maxHeaderBytes = 10_240

// serve answers HTTP on a listener until Close.
func (s *Stack) serve(l net.Listener, h http.Handler) {
	server := &http.Server{
		Handler: h, MaxHeaderBytes: maxHeaderBytes, ReadHeaderTimeout: 10 * time.Second, ErrorLog: s.log("http "),
	}
	s.closers = append(s.closers, server.Close)
	go server.Serve(l) //nolint:errcheck // always http.ErrServerClosed: Close ends it
}

// Name is the name that the stack deploys under.
func (s *Stack) Name() string { return s.t.StackName }

// check stops at a resource of a type that no package models, and lists what is not enforced.
func (s *Stack) check(context.Context) error {
	s.NotEnforced = s.t.NotEnforced()
	return s.t.Unread()
}

// log starts each line with the name of the part that writes it.
func (s *Stack) log(prefix string) *log.Logger { return log.New(s.cfg.Log, prefix, 0) }
