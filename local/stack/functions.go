package stack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/presigned/local/apigateway"
	"example.com/presigned/local/lambdaruntime"
	"example.com/presigned/local/template"
)

const (
	// concurrency is how many processes of one function may run at the same time.
	concurrency = 10
	// urlExpiry is operation.ExpirySeconds. A process whose credentials end sooner gets no more invocations, so no URL outlives
	// its credentials.
	urlExpiry = 5 * time.Minute
)

// startFunctions starts the template's functions, and serves the REST API and the user pool.
func (s *Stack) startFunctions(context.Context) error {
	functions := map[string]apigateway.Invoker{}
	err := lambdaruntime.FromTemplate(s.t, func(arn string, cfg lambdaruntime.Config, roleARN string) error {
		f, err := s.startFunction(cfg, roleARN)
		if err != nil {
			return err
		}
		s.closers = append(s.closers, f.Close)
		functions[arn] = f
		return nil
	})
	if err != nil {
		return err
	}
	api, err := apigateway.New(apigateway.Config{
		Template: s.t, Functions: functions, UserPools: map[string]apigateway.UserPool{s.Pool.ARN(): s.Pool}, Clock: s.cfg.Now, Log: s.log("api "),
	})
	if err != nil {
		return err
	}
	s.deployedURL = api.DeployedURL()
	s.serve(s.listen.api, api)
	s.serve(s.listen.cognito, s.Pool.Handler())
	return nil
}

// startFunction runs one function with sessions of its own role, signing for the local S3 endpoint.
func (s *Stack) startFunction(cfg lambdaruntime.Config, roleARN string) (*lambdaruntime.Function, error) {
	if cfg.Environment == nil {
		return nil, errors.New("no environment")
	}
	cfg.Environment["AWS_ENDPOINT_URL_S3"] = cmp.Or(s.cfg.S3Endpoint, s.Store.URL)
	for name, option := range map[string]string{"DUAL_STACK": "dualStack", "ACCELERATE": "accelerate"} {
		if cfg.Environment[name] != "" { // S3 has no rule for these options with a custom endpoint
			delete(cfg.Environment, name)
			s.t.Note(template.NotEnforcedProperty{
				Type: "AWS::Lambda::Function", Property: name, Reason: "presigned URLs name the local address", Option: option,
			})
		}
	}
	cfg.Concurrency = concurrency
	cfg.RetireBefore = urlExpiry + cfg.Timeout
	cfg.Log, cfg.Now = s.cfg.Log, s.cfg.Now
	cfg.Credentials = func(context.Context) (aws.Credentials, error) { return s.Store.Credentials(roleARN) }
	return lambdaruntime.Start(cfg)
}

// OpenSession returns credentials of the execution role of the function whose logical ID contains name. Tests call S3
// with them, as a thief would.
func (s *Stack) OpenSession(name string) (aws.Credentials, error) {
	for _, r := range s.t.Resources("AWS::Lambda::Function") {
		if strings.Contains(r.LogicalID, name) {
			roleARN, err := s.t.String(r.Properties["Role"])
			if err != nil {
				return aws.Credentials{}, err
			}
			return s.Store.Credentials(roleARN)
		}
	}
	return aws.Credentials{}, fmt.Errorf("the template has no function %q", name)
}
