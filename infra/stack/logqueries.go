package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawslogs"
	"github.com/aws/jsii-runtime-go"
)

// Metrics made from the functions' log lines, in a namespace with the stack's name.
const (
	metricIssued  = "Issued"  // by operation
	metricRefused = "Refused" // by code, failures of our own included
)

// addLogMetrics counts what the functions' log says, so that a request costs no call to count it.
func addLogMetrics(stack awscdk.Stack, signers []signer) {
	for _, s := range signers {
		count := func(id, metric, dimension string, pattern awslogs.IFilterPattern) {
			awslogs.NewMetricFilter(stack, new(*s.function.Node().Id()+id), &awslogs.MetricFilterProps{
				LogGroup:        s.logs,
				MetricNamespace: stack.StackName(),
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
func addQueries(stack awscdk.Stack, a api, signers []signer) {
	functions := make([]interfacesawslogs.ILogGroupRef, len(signers))
	for i, s := range signers {
		functions[i] = s.logs
	}
	gateway := []interfacesawslogs.ILogGroupRef{a.accessLogs}
	save := func(id, name string, groups []interfacesawslogs.ILogGroupRef, query awslogs.QueryStringProps) {
		awslogs.NewQueryDefinition(stack, new(id), &awslogs.QueryDefinitionProps{
			QueryDefinitionName: jsii.Sprintf("%s/%s", *stack.StackName(), name),
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
