// Command lambda is a function on aws-lambda-go, with net/http under it as anybody's is.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type request struct {
	Do   string          `json:"do"`
	Size int             `json:"size"`
	Echo json.RawMessage `json:"echo"`
}

type answer struct {
	Echo      json.RawMessage `json:"echo"`
	RequestID string          `json:"requestId"`
	ARN       string          `json:"arn"`
	Name      string          `json:"name"`
	Version   string          `json:"version"`
	Memory    int             `json:"memory"`
	LogGroup  string          `json:"logGroup"`
	Remaining int64           `json:"remaining"` // milliseconds
	Trace     string          `json:"trace"`
	PID       int             `json:"pid"`
	Text      string          `json:"text"`
}

func main() {
	lambda.Start(func(ctx context.Context, r request) (answer, error) {
		switch r.Do {
		case "fail":
			return answer{}, errors.New("no bananas")
		case "exit":
			os.Exit(3)
		case "hang":
			<-make(chan struct{})
		}
		invoked, _ := lambdacontext.FromContext(ctx)
		deadline, _ := ctx.Deadline()
		return answer{
			Echo: r.Echo, RequestID: invoked.AwsRequestID, ARN: invoked.InvokedFunctionArn, Name: lambdacontext.FunctionName,
			Version: lambdacontext.FunctionVersion, Memory: lambdacontext.MemoryLimitInMB, LogGroup: lambdacontext.LogGroupName,
			Remaining: time.Until(deadline).Milliseconds(), Trace: os.Getenv("_X_AMZN_TRACE_ID"), PID: os.Getpid(),
			Text: strings.Repeat("x", r.Size),
		}, nil
	})
}
