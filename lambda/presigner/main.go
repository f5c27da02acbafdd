package presigner

import (
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
)

// Main is the whole main function: it reads the environment and serves until Lambda ends the process. check is the
// custom rule, or nil.
func Main(check Check) {
	config, err := ConfigFromEnv(os.Getenv)
	if err == nil {
		var handler *Handler
		if handler, err = New(config, check, time.Now, os.Stdout); err == nil {
			lambda.Start(handler)
		}
	}
	fmt.Fprintln(os.Stderr, "presigned:", err)
	os.Exit(1)
}
