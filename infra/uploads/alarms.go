package uploads

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Bounds of the alarms. Metrics are taken over five minutes.
const (
	serverErrorBound = 5.0     // answers; a few errors may come from a deployment or AWS
	latencyBound     = 1_000.0 // ms; a cold start takes about 100, a warm request 10
	clientErrorShare = 0.5     // of the requests
	clientErrorFloor = 50.0    // requests in five minutes: with fewer, one broken client is half of all
	blockedBound     = 1_000.0 // requests in five minutes
)

// alarm is one CloudWatch alarm. The description says what it means and where to start.
type alarm struct {
	id          string
	description string
	metric      awscloudwatch.IMetric
	above       float64 // the alarm goes off if the metric is greater than this
	periods     float64 // in this many periods of five minutes in a row
}

// addAlarms watches the API and the functions. It also watches acl and each dead-letter queue that is not nil. The topic gets
// the alarms, if there is one.
func addAlarms(scope constructs.Construct, topicArn string, a *api, signers []Signer, acl awswafv2.CfnWebACL, deadLetters, webhookDeadLetters awssqs.IQueue) []awscloudwatch.IAlarm {
	alarms := []alarm{
		{
			"ApiServerErrors",
			"Clients get 5xx answers: the function fails or times out, or API Gateway cannot reach it. Look at the function's log lines with outcome \"failed\".",
			a.rest.MetricServerError(overFiveMinutes("Sum")), serverErrorBound, 1,
		},
		{
			"ApiLatency",
			"One request in a hundred takes more than a second. Look at the function's Duration and Init Duration, which are usually milliseconds, then at API Gateway's IntegrationLatency.",
			a.rest.MetricLatency(overFiveMinutes("p99")), latencyBound, 3,
		},
		{
			"ApiClientErrors",
			"More than half of the requests are refused: a broken client release, expired sign-ins, or an attack. Look at the access log by errorType, client and sub.",
			refusedShare(a), clientErrorShare, 3,
		},
	}
	for _, s := range signers {
		alarms = append(alarms, alarm{
			*s.Function.Node().Id() + "Errors",
			"The function crashed or timed out because of its environment or its code. Look at its log at that time. Roll back if it was deployed shortly before.",
			s.Function.MetricErrors(overFiveMinutes("Sum")), 0, 1,
		}, alarm{
			*s.Function.Node().Id() + "Throttles",
			"Lambda refused invocations: the account's concurrency is used up, perhaps by another function. Look at ConcurrentExecutions of the account.",
			s.Function.MetricThrottles(overFiveMinutes("Sum")), 0, 1,
		})
	}
	if acl != nil {
		alarms = append(alarms, alarm{
			"FirewallBlocks",
			"WAF blocked more than 1,000 requests in 5 minutes: an attack, or a rule that blocks your own clients. Look at BlockedRequests by rule.",
			blockedRequests(scope, acl), blockedBound, 1,
		})
	}
	if deadLetters != nil {
		alarms = append(alarms, alarm{
			"UploadsUndelivered",
			"The message of a completed upload was not delivered: the consumer fails, or the message can't be sent. Look at the consumer's log, then at the queue UndeliveredUploads.",
			deadLetters.MetricApproximateNumberOfMessagesVisible(overFiveMinutes("Maximum")), 0, 1,
		})
	}
	if webhookDeadLetters != nil {
		alarms = append(alarms, alarm{
			"WebhookUndelivered",
			"The webhook refused the event of a completed upload, or failed for a day. Look at the attributes of the messages in the queue UndeliveredWebhooks, then at the back end's log.",
			webhookDeadLetters.MetricApproximateNumberOfMessagesVisible(overFiveMinutes("Maximum")), 0, 1,
		})
	}
	added := make([]awscloudwatch.IAlarm, len(alarms))
	for i, watch := range alarms {
		added[i] = addAlarm(scope, topicArn, watch)
	}
	return added
}

func addAlarm(scope constructs.Construct, topicArn string, watch alarm) awscloudwatch.Alarm {
	a := awscloudwatch.NewAlarm(scope, new(watch.id), &awscloudwatch.AlarmProps{
		AlarmDescription:   new(watch.description),
		Metric:             watch.metric,
		Threshold:          new(watch.above),
		ComparisonOperator: awscloudwatch.ComparisonOperator_GREATER_THAN_THRESHOLD,
		EvaluationPeriods:  new(watch.periods),
		TreatMissingData:   awscloudwatch.TreatMissingData_NOT_BREACHING, // without requests there is no data
	})
	if topicArn != "" {
		topic := awssns.Topic_FromTopicArn(scope, new(watch.id+"Topic"), new(topicArn))
		action := awscloudwatchactions.NewSnsAction(topic)
		a.AddAlarmAction(action)
		a.AddOkAction(action)
	}
	return a
}

func refusedShare(a *api) awscloudwatch.IMetric {
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression: jsii.Sprintf("IF(requests > %g, errors / requests, 0)", clientErrorFloor),
		Label:      new("Share of requests refused"),
		Period:     fiveMinutes(),
		UsingMetrics: &map[string]awscloudwatch.IMetric{
			"errors": a.rest.MetricClientError(overFiveMinutes("Sum")), "requests": a.rest.MetricCount(overFiveMinutes("Sum")),
		},
	})
}

func blockedRequests(scope constructs.Construct, acl awswafv2.CfnWebACL) awscloudwatch.IMetric {
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace: new("AWS/WAFV2"), MetricName: new("BlockedRequests"), Statistic: new("Sum"), Period: fiveMinutes(),
		DimensionsMap: &map[string]*string{"WebACL": acl.Name(), "Rule": new("ALL"), "Region": awscdk.Stack_Of(scope).Region()},
	})
}

func overFiveMinutes(statistic string) *awscloudwatch.MetricOptions {
	return &awscloudwatch.MetricOptions{Statistic: new(statistic), Period: fiveMinutes()}
}

func fiveMinutes() awscdk.Duration { return awscdk.Duration_Minutes(new(5.0)) }
