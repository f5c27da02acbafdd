// What AWS's rules find in the templates and we leave as it is, resource by resource, each with its reason.
//
// A resource goes by the ID of its construct. `only` names the templates that may have the finding; without it all
// may. An entry that no longer finds anything fails `make verify`, so none outlives its cause.
const signers = ["UploadSigner", "DownloadSigner", "DeleteSigner"];
const signerRoles = ["UploadSignerRole", "DownloadSignerRole", "DeleteSignerRole"];

export const accepted = [
  // The bucket of the uploads.
  {
    resources: ["Uploads"],
    rules: ["AwsSolutions-S1", "NIST.800.53.R5-S3BucketLoggingEnabled"],
    only: ["least", "dev"],
    reason: "The stage's option serverAccessLogs: a bucket more, and its storage to pay. prod has it.",
  },
  {
    resources: ["Uploads"],
    rules: ["NIST.800.53.R5-S3BucketVersioningEnabled"],
    only: ["least", "dev", "existingpool"],
    reason: "The stage's option versioned. Uploads are write-once in any case: a second write to a key gets 412.",
  },
  {
    resources: ["Uploads"],
    rules: ["NIST.800.53.R5-S3DefaultEncryptionKMS"],
    only: ["least", "dev", "prod"],
    reason: "The stage's option kmsKey: a key to pay, and its loss is the loss of the data. Without it S3's own keys encrypt.",
  },
  {
    resources: ["Uploads"],
    rules: ["NIST.800.53.R5-S3BucketReplicationEnabled"],
    reason: "A second bucket in a second region is the decision of whoever owns the data, and doubles its cost.",
  },

  // The bucket that S3 writes its access logs to.
  {
    resources: ["UploadsAccessLogs"],
    rules: ["NIST.800.53.R5-S3DefaultEncryptionKMS"],
    reason: "S3 delivers access logs only to buckets that are encrypted with S3's own keys.",
  },
  {
    resources: ["UploadsAccessLogs"],
    rules: ["NIST.800.53.R5-S3BucketVersioningEnabled", "NIST.800.53.R5-S3BucketReplicationEnabled"],
    reason: "Only S3 writes here, each object once under a name of its own, and the objects expire.",
  },

  // The machine clients' secrets: copies of what Cognito made.
  {
    resources: ["MachineWarehouseSecret", "MachineScannerSecret"],
    rules: ["AwsSolutions-SMG4", "NIST.800.53.R5-SecretsManagerRotationEnabled"],
    reason: "Cognito makes the secret, so a rotation function could not. docs/runbook.md says how to rotate without an outage.",
  },
  {
    resources: ["MachineWarehouseSecret", "MachineScannerSecret"],
    rules: ["NIST.800.53.R5-SecretsManagerUsingKMSKey"],
    reason: "Secrets Manager's own key encrypts it. Whoever may read the secret is decided by IAM, not by a second key.",
  },

  // The functions.
  {
    resources: signers,
    rules: ["NIST.800.53.R5-LambdaInsideVPC"],
    reason: "They call nothing: a VPC would add network interfaces and routes to code that needs neither.",
  },
  {
    resources: signers,
    rules: ["NIST.800.53.R5-LambdaDLQ", "Serverless-LambdaDLQ"],
    reason: "A dead-letter queue takes failed asynchronous calls. API Gateway waits for the answer and hands the error to the client.",
  },
  {
    resources: signers,
    rules: ["NIST.800.53.R5-LambdaConcurrency"],
    reason: "The API's throttle bounds the calls. A reserve would be taken from the account's other functions.",
  },
  {
    resources: ["UploadSigner", "DownloadSigner"],
    rules: ["Serverless-LambdaTracing"],
    only: ["least", "existingpool"],
    reason: "The stage's option tracing. The least stage has nothing that costs by the request.",
  },

  // Their roles.
  {
    resources: signerRoles,
    rules: ["AwsSolutions-IAM5[Resource::<Uploads.Arn>/*]"],
    reason: "Keys are made when a URL is signed, so a role can only name them all. The function signs none outside the caller's prefix.",
  },
  {
    resources: signerRoles,
    rules: ["AwsSolutions-IAM5[Resource::*]", "Serverless-LambdaStarPermissions"],
    only: ["dev", "prod", "everything"],
    reason: "X-Ray's two actions know no resource to name. No other statement of these roles has a star alone.",
  },
  {
    resources: signerRoles,
    rules: ["NIST.800.53.R5-IAMNoInlinePolicy"],
    reason: "The policy is this role's alone and goes with it. A managed one could be attached to another.",
  },
  {
    resources: ["MalwareScanRole"],
    rules: ["NIST.800.53.R5-IAMNoInlinePolicy"],
    reason: "As for the signers' roles.",
  },
  {
    resources: ["MalwareScanRole"],
    rules: [
      "AwsSolutions-IAM5[Resource::<Uploads.Arn>/*]",
      "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*]",
    ],
    reason: "As GuardDuty documents its role: it reads and tags every object, and ends the name of its rule itself.",
  },
  {
    resources: ["ApiLogsRole"],
    rules: ["AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]"],
    reason: "The role of the whole account that API Gateway needs, with the policy that it documents.",
  },

  // The API.
  {
    resources: ["Api"],
    rules: ["AwsSolutions-APIG2"],
    reason: "Bodies are validated. The rule also asks for validated parameters, and no method has any.",
  },
  {
    resources: ["ApiDeploymentStagev1"],
    rules: ["AwsSolutions-APIG6", "NIST.800.53.R5-APIGWExecutionLoggingEnabled"],
    reason: "Execution logs repeat requests and answers, that is presigned URLs, where our retention has no effect. Access logs are on.",
  },
  {
    resources: ["ApiDeploymentStagev1"],
    rules: ["NIST.800.53.R5-APIGWCacheEnabledAndEncrypted"],
    reason: "Every answer is one caller's own: a cache would hand a presigned URL to another.",
  },
  {
    resources: ["ApiDeploymentStagev1"],
    rules: ["NIST.800.53.R5-APIGWSSLEnabled"],
    reason: "A client certificate proves the API to an HTTP backend. Ours is Lambda, which IAM lets only this API call.",
  },
  {
    resources: ["ApiDeploymentStagev1"],
    rules: ["AwsSolutions-APIG3", "NIST.800.53.R5-APIGWAssociatedWithWAF"],
    only: ["least", "dev", "existingpool"],
    reason: "The stage's option wafRateLimit: a web ACL is paid by the month. prod has it.",
  },
  {
    resources: ["ApiDeploymentStagev1"],
    rules: ["Serverless-APIGWXrayEnabled"],
    only: ["least", "existingpool"],
    reason: "The stage's option tracing, as for the function.",
  },
  {
    resources: ["Firewall"],
    rules: ["NIST.800.53.R5-WAFv2LoggingEnabled"],
    reason: "Its logs hold the requests' headers, access tokens among them. Metrics count each rule's matches, and an alarm watches them.",
  },

  // The user pool.
  {
    resources: ["Users"],
    rules: ["AwsSolutions-COG2"],
    only: ["least", "dev", "prod"],
    reason: 'The stage\'s option mfa: "optional" lets users enrol, "required" makes them.',
  },
  {
    resources: ["Users"],
    rules: ["AwsSolutions-COG8"],
    reason: "The Plus plan, paid by the active user, sells detection of stolen passwords. Nothing here rests on it.",
  },

  // Logs, alarms and events.
  {
    resources: ["AccessLogs", "UploadSignerLogs", "DownloadSignerLogs", "DeleteSignerLogs"],
    rules: ["NIST.800.53.R5-CloudWatchLogGroupEncrypted"],
    reason: "CloudWatch encrypts them with its own key. They hold no token, no URL and no content, which tests see to.",
  },
  {
    resources: [
      "ApiServerErrors", "ApiClientErrors", "ApiLatency", "FirewallBlocks", "UploadSignerErrors",
      "UploadSignerThrottles", "DownloadSignerErrors", "DeleteSignerErrors", "DownloadSignerThrottles", "DeleteSignerThrottles",
    ],
    rules: ["NIST.800.53.R5-CloudWatchAlarmAction"],
    only: ["prod"],
    reason: "The stage's option alarmTopicArn names a topic of your account; stages/prod.json has none to name.",
  },
  {
    resources: ["UndeliveredUploads", "UndeliveredWebhooks"],
    rules: ["Serverless-SQSRedrivePolicy"],
    reason: "They are dead-letter queues.",
  },
  {
    resources: ["UndeliveredWebhooks"],
    rules: ["AwsSolutions-SQS3"],
    reason: "It is the dead-letter queue of the webhook's rule. The rule looks for queues that another queue names.",
  },
  {
    resources: ["WebhookRole"],
    rules: ["NIST.800.53.R5-IAMNoInlinePolicy"],
    reason: "As for the signers' roles.",
  },
];
