package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

const unsupported = "MiniStack 1.5.33 does not know this operation"

// notRun is the snippets of the documents that this run leaves out, by how they begin, and why.
func notRun() map[string]string {
	return map[string]string{
		"filter type = \"platform.report\"":                  "a query for the console of Logs Insights, no command",
		"aws sqs get-queue-attributes":                       "version 1 of the AWS CLI asks AWS itself, whatever AWS_ENDPOINT_URL says",
		"aws sqs start-message-move-task":                    "version 1 of the AWS CLI asks AWS itself, whatever AWS_ENDPOINT_URL says",
		"aws sqs receive-message":                            "wants a stage with webhookUrl, which MiniStack cannot deploy",
		"make run RUN_FLAGS='--webhook":                      "test/examples starts the same back end with the local run",
		"aws guardduty send-object-malware-scan":             unsupported,
		"aws cognito-idp add-user-pool-client-secret":        unsupported,
		"aws kms rotate-key-on-demand":                       unsupported,
		"aws cloudformation continue-update-rollback":        "wants an update that hangs",
		"npx cdk rollback":                                   "wants an update that failed",
		"make deploy STAGE=prod CDK_FLAGS='--rollback-trigg": "wants the alarms of prod, which MiniStack cannot deploy",
		"aws apigateway get-rest-api":                        "looks at a change that takes AWS a quarter of an hour",
		"aws cognito-idp update-user-pool":                   "wants a creation that failed",
		"aws kms schedule-key-deletion":                      "would end a key that objects need",
		"aws cloudwatch set-alarm-state":                     "wants the alarms of prod, which MiniStack cannot deploy",
		"git revert":                                         "changes the checkout",
		"git switch":                                         "changes the checkout",
		"make configure STAGE=prod":                          "changes the checkout; the tests of infra/configure run it",
		"make rename":                                        "changes the checkout; test/documents runs it in a copy",
		"git remote":                                         "changes the checkout",
		"go install":                                         "wants a published version",
		"make release":                                       "CI runs it",
		"make deploy-emulated":                               "is this run",
	}
}

// notRunList is notRun for people.
func notRunList() string {
	var text strings.Builder
	text.WriteString("\nCommands of docs/deploy.md, docs/runbook.md and docs/adopt.md that were not run:\n")
	reasons := notRun()
	for _, beginning := range slices.Sorted(maps.Keys(reasons)) {
		fmt.Fprintf(&text, "  %s...: %s\n", beginning, reasons[beginning])
	}
	return text.String()
}
