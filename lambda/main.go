// Command lambda is the signer: it answers a signed-in caller's request with one presigned S3 URL.
//
// It only wires. The same binary serves both routes; which operations it signs is in its environment.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"example.com/presigned/lambda/presigner"
)

func main() {
	config, err := presigner.ConfigFromEnv(os.Getenv)
	if err != nil {
		fmt.Fprintln(os.Stderr, "presigned:", err)
		os.Exit(1)
	}
	lambda.Start(presigner.New(config, time.Now, os.Stdout))
}
