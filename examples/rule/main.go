// Command rule is the signer with a team's own rule: only users with a row in a DynamoDB table that has not expired may
// upload. It is deployed in place of the command lambda; nothing else changes. README.md says how.
//
// Its role needs dynamodb:GetItem on that table, besides what the stack grants. UPLOADERS_TABLE is the table's name.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"

	"example.com/presigned/lambda/presigner"
)

func main() {
	settings, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, "rule:", err)
		os.Exit(1)
	}
	presigner.Main(newUploaders(settings, os.Getenv("UPLOADERS_TABLE"), time.Now).check)
}
