package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53targets"

	"example.com/presigned/infra/stage"
	"example.com/presigned/lambda/operation"
)

// domainOptions serve the API under the stage's own name; nil if it has none.
func domainOptions(stack awscdk.Stack, config stage.Stage) *awsapigateway.DomainNameOptions {
	if config.DomainName == "" {
		return nil
	}
	return &awsapigateway.DomainNameOptions{
		DomainName:     new(config.DomainName),
		Certificate:    awscertificatemanager.Certificate_FromCertificateArn(stack, new("Certificate"), new(config.CertificateArn)),
		EndpointType:   awsapigateway.EndpointType_REGIONAL,
		SecurityPolicy: awsapigateway.SecurityPolicy_TLS_1_2,
	}
}

// addDomainRecord points the stage's name at the API.
func addDomainRecord(stack awscdk.Stack, config stage.Stage, a api) {
	if config.DomainName == "" {
		return
	}
	zone := awsroute53.HostedZone_FromHostedZoneAttributes(stack, new("Zone"), &awsroute53.HostedZoneAttributes{
		HostedZoneId: new(config.HostedZoneID), ZoneName: new(config.HostedZoneName),
	})
	awsroute53.NewARecord(stack, new("DomainRecord"), &awsroute53.ARecordProps{
		Zone: zone, RecordName: new(config.DomainName + "."), Target: awsroute53.RecordTarget_FromAlias(awsroute53targets.NewApiGateway(a.rest)),
	})
}

// url is where clients call a route; "" gives the API's base.
func (a api) url(route operation.Route) *string {
	if a.config.DomainName != "" {
		return new("https://" + a.config.DomainName + string(route))
	}
	return a.rest.UrlForPath(new(string(route)))
}
