package iam

// webhookRows are the role that EventBridge calls the webhook with, where the stage has one.
func webhookRows() []row {
	return []row{
		{caller: webhookCaller, does: "calls the webhook", action: "events:InvokeApiDestination", on: webhook,
			context: noContext, want: allowed, by: "CallWebhook", when: hooked,
			guard: "EventBridge posts each event with this role."},
		{caller: webhookCaller, does: "calls another API destination", action: "events:InvokeApiDestination", on: elsewhereHook,
			context: noContext, want: refused, when: hooked,
			guard: "CallWebhook names the stack's destination."},
		{caller: webhookCaller, does: "points the webhook elsewhere", action: "events:UpdateApiDestination", on: webhook,
			context: noContext, want: refused, when: hooked,
			guard: "CallWebhook calls: whoever changes the URL gets the secret."},
		{caller: webhookCaller, does: "reads an object", action: "s3:GetObject", on: object,
			context: headerSigned + clean, want: refused, when: hooked,
			guard: "The role calls the webhook. The back end reads with a role of its own."},

		{caller: eventService, does: "takes on the webhook's role", action: "sts:AssumeRole", on: webhookRole,
			context: noContext, want: allowed, by: "#1", when: hooked,
			guard: "The role is EventBridge's, in the form that AWS documents: without a condition."},
		{caller: lambdaService, does: "takes on the webhook's role", action: "sts:AssumeRole", on: webhookRole,
			context: noContext, want: refused, when: hooked,
			guard: "The role trusts EventBridge alone."},
		{caller: uploadSigner, does: "takes on the webhook's role", action: "sts:AssumeRole", on: webhookRole,
			context: noContext, want: refused, when: hooked,
			guard: "The role trusts EventBridge alone."},
	}
}
