package uploads

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// addDashboard adds a dashboard: issued URLs and refusals first, then the resources that serve them.
func addDashboard(scope constructs.Construct, a *api, signers []Signer, bucket awss3.Bucket) {
	var durations, failures []awscloudwatch.IMetric
	for _, s := range signers {
		durations = append(durations, s.Function.MetricDuration(overFiveMinutes("p50")), s.Function.MetricDuration(overFiveMinutes("p99")))
		failures = append(failures, s.Function.MetricErrors(overFiveMinutes("Sum")), s.Function.MetricThrottles(overFiveMinutes("Sum")))
	}
	awscloudwatch.NewDashboard(scope, new("Dashboard"), &awscloudwatch.DashboardProps{
		DefaultInterval: awscdk.Duration_Hours(new(12.0)),
		Widgets: &[]*[]awscloudwatch.IWidget{
			{
				graph("URLs issued, by operation", search(scope, "operation", metricIssued)),
				graph("Requests refused, by code", search(scope, "code", metricRefused)),
			},
			{
				graph("Requests",
					a.rest.MetricCount(overFiveMinutes("Sum")),
					a.rest.MetricClientError(overFiveMinutes("Sum")),
					a.rest.MetricServerError(overFiveMinutes("Sum"))),
				graph("Latency of the API (ms)", a.rest.MetricLatency(overFiveMinutes("p50")), a.rest.MetricLatency(overFiveMinutes("p99"))),
			},
			{
				graph("Duration of the functions (ms)", durations...),
				graph("Errors and throttles of the functions", failures...),
			},
			{
				dailyGraph("Bytes stored", storageMetric(bucket, "BucketSizeBytes", "StandardStorage")),
				dailyGraph("Objects stored", storageMetric(bucket, "NumberOfObjects", "AllStorageTypes")),
			},
		},
	})
}

func graph(title string, metrics ...awscloudwatch.IMetric) awscloudwatch.IWidget {
	return awscloudwatch.NewGraphWidget(&awscloudwatch.GraphWidgetProps{Title: new(title), Width: new(12.0), Left: &metrics})
}

// dailyGraph shows two weeks, because a metric with one point a day would be missing from most shorter intervals.
func dailyGraph(title string, metrics ...awscloudwatch.IMetric) awscloudwatch.IWidget {
	return awscloudwatch.NewGraphWidget(&awscloudwatch.GraphWidgetProps{Title: new(title), Width: new(12.0), Left: &metrics, Start: new("-P14D")})
}

// search finds every value of a dimension, so a new operation or code appears automatically. The namespace has a
// hyphen, so it is in double quotes.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
func search(scope constructs.Construct, dimension, metric string) awscloudwatch.IMetric {
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression:   jsii.Sprintf("SEARCH('{\"%s\",%s} MetricName=\"%s\"', 'Sum', 300)", *fullName(scope), dimension, metric),
		Label:        new(""),
		UsingMetrics: &map[string]awscloudwatch.IMetric{},
	})
}

// storageMetric is one of S3's own metrics: free, and written once a day.
func storageMetric(bucket awss3.Bucket, metric, storage string) awscloudwatch.IMetric {
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace: new("AWS/S3"), MetricName: new(metric), Statistic: new("Average"), Period: awscdk.Duration_Days(new(1.0)),
		DimensionsMap: &map[string]*string{"BucketName": bucket.BucketName(), "StorageType": new(storage)},
	})
}

// Metrics made from the functions' log lines, in a namespace with the stack's name.
const (
	metricIssued  = "Issued"  // by operation
	metricRefused = "Refused" // by code, including the function's own failures
)

// addLogMetrics counts lines of the functions' logs, so that a request needs no call to count it.
func addLogMetrics(scope constructs.Construct, signers []Signer) {
	for _, s := range signers {
		count := func(id, metric, dimension string, pattern awslogs.IFilterPattern) {
			awslogs.NewMetricFilter(scope, new(*s.Function.Node().Id()+id), &awslogs.MetricFilterProps{
				LogGroup:        s.logs,
				MetricNamespace: fullName(scope),
				MetricName:      new(metric),
				MetricValue:     new("1"),
				FilterPattern:   pattern,
				Dimensions:      &map[string]*string{dimension: new("$." + dimension)},
			})
		}
		count("Issued", metricIssued, "operation", awslogs.FilterPattern_StringValue(new("$.outcome"), new("="), new("issued")))
		count("Refused", metricRefused, "code", awslogs.FilterPattern_Any(
			awslogs.FilterPattern_StringValue(new("$.outcome"), new("="), new("refused")),
			awslogs.FilterPattern_StringValue(new("$.outcome"), new("="), new("failed")),
		))
	}
}

// addQueries saves the log queries that the runbook names.
func addQueries(scope constructs.Construct, a *api, signers []Signer) {
	functions := make([]interfacesawslogs.ILogGroupRef, len(signers))
	for i, s := range signers {
		functions[i] = s.logs
	}
	gateway := []interfacesawslogs.ILogGroupRef{a.accessLogs}
	save := func(id, name string, groups []interfacesawslogs.ILogGroupRef, query awslogs.QueryStringProps) {
		awslogs.NewQueryDefinition(scope, new(id), &awslogs.QueryDefinitionProps{
			QueryDefinitionName: jsii.Sprintf("%s/%s", *fullName(scope), name),
			QueryString:         awslogs.NewQueryString(&query),
			LogGroups:           &groups,
		})
	}
	save("QueryFailures", "failures", functions, awslogs.QueryStringProps{
		Fields:           jsii.Strings("@timestamp", "requestId", "operation", "code", "cause"),
		FilterStatements: jsii.Strings(`outcome = "failed"`),
		Sort:             new("@timestamp desc"), Limit: new(100.0),
	})
	save("QueryRefusals", "refusals by code and caller", functions, awslogs.QueryStringProps{
		FilterStatements: jsii.Strings(`outcome = "refused"`),
		StatsStatements:  jsii.Strings("count(*) as refused by code, caller"),
		Sort:             new("refused desc"), Limit: new(100.0),
	})
	save("QueryVolume", "bytes by caller", functions, awslogs.QueryStringProps{
		FilterStatements: jsii.Strings(`outcome = "issued"`),
		StatsStatements:  jsii.Strings("count(*) as urls, sum(contentLength) as bytes by caller"),
		Sort:             new("bytes desc"), Limit: new(100.0),
	})
	save("QueryGatewayRefusals", "gateway refusals", gateway, awslogs.QueryStringProps{
		FilterStatements: jsii.Strings("status >= 400"),
		StatsStatements:  jsii.Strings("count(*) as refused by status, errorType, sourceIp"),
		Sort:             new("refused desc"), Limit: new(100.0),
	})
}
