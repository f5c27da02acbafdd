package iam

import "slices"

// webhookRows have the role with which EventBridge calls the webhook, in stages that have one.
func webhookRows() []row {
	const takes, alone = "takes on the webhook's role", "The role trusts EventBridge alone."
	return slices.Concat(
		of(webhookCaller, hooked, noContext,
			may("calls the webhook", "events:InvokeApiDestination", webhook, "CallWebhook", "EventBridge posts each event with this role."),
			mayNot("calls another API destination", "events:InvokeApiDestination", elsewhereHook, "", "CallWebhook names the stack's destination."),
			mayNot("points the webhook elsewhere", "events:UpdateApiDestination", webhook, "", "CallWebhook only calls: whoever changes the URL gets the secret."),
			mayNot("reads an object", "s3:GetObject", object, "", "The role calls the webhook. The back end reads with a role of its own.").with(headerSigned+clean),
		),
		of(eventService, hooked, noContext,
			may(takes, "sts:AssumeRole", webhookRole, "#1", "The role is EventBridge's, in the form that AWS documents: without a condition.")),
		of(lambdaService, hooked, noContext, mayNot(takes, "sts:AssumeRole", webhookRole, "", alone)),
		of(uploadSigner, hooked, noContext, mayNot(takes, "sts:AssumeRole", webhookRole, "", alone)),
	)
}
