package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// notRun is the snippets of the documents that this run leaves out, by how they begin, and why.
func notRun() map[string]string {
	const unsupported = "MiniStack 1.5.33 does not know this operation"
	return map[string]string{
		"filter type = \"platform.report\"":                  "a query for the console of Logs Insights, no command",
		"aws sqs start-message-move-task":                    unsupported,
		"aws guardduty send-object-malware-scan":             unsupported,
		"aws cognito-idp add-user-pool-client-secret":        unsupported,
		"aws kms rotate-key-on-demand":                       unsupported,
		"aws cloudformation continue-update-rollback":        "wants an update that hangs",
		"npx cdk rollback":                                   "wants an update that failed",
		"make deploy STAGE=prod CDK_FLAGS='--rollback-trigg": "wants the alarms of prod, which MiniStack cannot deploy",
		"git revert":           "changes the checkout",
		"git switch":           "changes the checkout",
		"make golden":          "changes the checkout; make test compares what it writes",
		"make deploy-emulated": "is this run",
		"make run":             "test/readme runs it",
	}
}

// notRunList is notRun for people.
func notRunList() string {
	var text strings.Builder
	text.WriteString("\nCommands of docs/deploy.md and docs/runbook.md that were not run:\n")
	reasons := notRun()
	for _, beginning := range slices.Sorted(maps.Keys(reasons)) {
		fmt.Fprintf(&text, "  %s...: %s\n", beginning, reasons[beginning])
	}
	return text.String()
}
