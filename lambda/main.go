// Command lambda is the signer: it answers a signed-in caller's request with a presigned S3 URL, or a batch with several.
//
// It only wires. The same binary serves every route; its environment says which operations it signs.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"example.com/presigned/lambda/presigner"
)

func main() {
	handler, err := newHandler()
	if err != nil {
		fmt.Fprintln(os.Stderr, "presigned:", err)
		os.Exit(1)
	}
	lambda.Start(handler)
}

func newHandler() (*presigner.Handler, error) {
	config, err := presigner.ConfigFromEnv(os.Getenv)
	if err != nil {
		return nil, err
	}
	return presigner.New(config, time.Now, os.Stdout)
}
