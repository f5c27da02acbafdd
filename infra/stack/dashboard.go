package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"example.com/presigned/infra/stage"
)

// addDashboard shows, top down, what users get, what they are refused, and what serves them.
func addDashboard(stack awscdk.Stack, config stage.Stage, a api, signers []signer, bucket awss3.Bucket) {
	if !config.Dashboard {
		return
	}
	addLogMetrics(stack, signers)
	addQueries(stack, a, signers)
	var durations, failures []awscloudwatch.IMetric
	for _, s := range signers {
		durations = append(durations, s.function.MetricDuration(over("p50")), s.function.MetricDuration(over("p99")))
		failures = append(failures, s.function.MetricErrors(over("Sum")), s.function.MetricThrottles(over("Sum")))
	}
	awscloudwatch.NewDashboard(stack, new("Dashboard"), &awscloudwatch.DashboardProps{
		DefaultInterval: awscdk.Duration_Hours(new(12.0)),
		Widgets: &[]*[]awscloudwatch.IWidget{
			{
				graph("URLs issued, by operation", search(stack, "operation", metricIssued)),
				graph("Requests refused, by code", search(stack, "code", metricRefused)),
			},
			{
				graph("Requests", a.rest.MetricCount(over("Sum")), a.rest.MetricClientError(over("Sum")), a.rest.MetricServerError(over("Sum"))),
				graph("Latency of the API (ms)", a.rest.MetricLatency(over("p50")), a.rest.MetricLatency(over("p99"))),
			},
			{
				graph("Duration of the functions (ms)", durations...),
				graph("Errors and throttles of the functions", failures...),
			},
			{
				graph("Bytes stored", daily(bucket, "BucketSizeBytes", "StandardStorage")),
				graph("Objects stored", daily(bucket, "NumberOfObjects", "AllStorageTypes")),
			},
		},
	})
}

func graph(title string, metrics ...awscloudwatch.IMetric) awscloudwatch.IWidget {
	return awscloudwatch.NewGraphWidget(&awscloudwatch.GraphWidgetProps{Title: new(title), Width: new(12.0), Left: &metrics})
}

// search finds every value that a dimension took, so that a new operation or code shows by itself.
func search(stack awscdk.Stack, dimension, metric string) awscloudwatch.IMetric {
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression:   jsii.Sprintf("SEARCH('{%s,%s} MetricName=\"%s\"', 'Sum', 300)", *stack.StackName(), dimension, metric),
		Label:        new(""),
		UsingMetrics: &map[string]awscloudwatch.IMetric{},
	})
}

// daily are S3's own storage metrics: free, and written once a day.
func daily(bucket awss3.Bucket, metric, storage string) awscloudwatch.IMetric {
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace: new("AWS/S3"), MetricName: new(metric), Statistic: new("Average"), Period: awscdk.Duration_Days(new(1.0)),
		DimensionsMap: &map[string]*string{"BucketName": bucket.BucketName(), "StorageType": new(storage)},
	})
}
