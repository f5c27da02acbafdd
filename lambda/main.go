// Command lambda is the signer: it answers a signed-in caller's request with one presigned S3 URL.
//
// It only wires. The same binary serves both routes; which operations it signs is in its environment.
package main

import (
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"example.com/presigned/lambda/presigner"
	"example.com/presigned/lambda/runtimeapi"
)

func main() {
	config, err := presigner.ConfigFromEnv(os.Getenv)
	if err != nil {
		fmt.Fprintln(os.Stderr, "presigned:", err)
		os.Exit(1)
	}
	// aws-lambda-go has no option for it: it takes the default transport, and nothing else here uses that.
	http.DefaultTransport = runtimeapi.New(os.Getenv("AWS_LAMBDA_RUNTIME_API"), http.DefaultTransport.(*http.Transport))
	lambda.Start(presigner.New(config, time.Now, os.Stdout))
}
