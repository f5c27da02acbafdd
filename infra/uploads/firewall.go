package uploads

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/constructs-go/constructs/v10"
)

// addFirewall puts a web ACL before the API. It blocks well-known attacks and floods from one address before the
// authorizer. limit is in requests of one address in five minutes.
func addFirewall(scope constructs.Construct, limit int, a *api) awswafv2.CfnWebACL {
	acl := awswafv2.NewCfnWebACL(scope, new("Firewall"), &awswafv2.CfnWebACLProps{
		// A fixed name, because the alarm finds the metrics by it. A generated name is not known at synthesis.
		Name:             fullName(scope),
		Description:      new("Guards the presigning API"),
		Scope:            new("REGIONAL"),
		DefaultAction:    &awswafv2.CfnWebACL_DefaultActionProperty{Allow: &awswafv2.CfnWebACL_AllowActionProperty{}},
		VisibilityConfig: visibility(*fullName(scope)),
		Rules: &[]any{
			rateRule(0, limit),
			managedRule(1, "AWSManagedRulesAmazonIpReputationList", nil),
			managedRule(2, "AWSManagedRulesKnownBadInputsRuleSet", nil),
			// SizeRestrictions_BODY would block bodies of over 8 KB. A batch can be larger, and API Gateway and the
			// function check bodies themselves.
			// https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
			managedRule(3, "AWSManagedRulesCommonRuleSet", &[]any{&awswafv2.CfnWebACL_RuleActionOverrideProperty{
				Name: new("SizeRestrictions_BODY"), ActionToUse: &awswafv2.CfnWebACL_RuleActionProperty{Count: &awswafv2.CfnWebACL_CountActionProperty{}},
			}}),
		},
	})
	awswafv2.NewCfnWebACLAssociation(scope, new("FirewallOfApi"), &awswafv2.CfnWebACLAssociationProps{
		ResourceArn: a.rest.DeploymentStage().StageArn(),
		WebAclArn:   acl.AttrArn(),
	})
	return acl
}

// rateRule blocks an address that sent more than limit requests in the last five minutes.
func rateRule(priority float64, limit int) *awswafv2.CfnWebACL_RuleProperty {
	return &awswafv2.CfnWebACL_RuleProperty{
		Name: new("RateLimit"), Priority: new(priority), VisibilityConfig: visibility("RateLimit"),
		Action: &awswafv2.CfnWebACL_RuleActionProperty{Block: &awswafv2.CfnWebACL_BlockActionProperty{}},
		Statement: &awswafv2.CfnWebACL_StatementProperty{
			RateBasedStatement: &awswafv2.CfnWebACL_RateBasedStatementProperty{
				AggregateKeyType: new("IP"), Limit: new(float64(limit)), EvaluationWindowSec: new(300.0),
			},
		},
	}
}

// managedRule blocks what a rule group of AWS matches, except as the overrides say. They may be nil.
func managedRule(priority float64, name string, overrides *[]any) *awswafv2.CfnWebACL_RuleProperty {
	return &awswafv2.CfnWebACL_RuleProperty{
		Name: new(name), Priority: new(priority), VisibilityConfig: visibility(name),
		OverrideAction: &awswafv2.CfnWebACL_OverrideActionProperty{None: map[string]any{}},
		Statement: &awswafv2.CfnWebACL_StatementProperty{
			ManagedRuleGroupStatement: &awswafv2.CfnWebACL_ManagedRuleGroupStatementProperty{
				VendorName: new("AWS"), Name: new(name), RuleActionOverrides: overrides,
			},
		},
	}
}

// visibility counts the matches of a rule. It keeps no sampled requests, because their headers have access tokens.
func visibility(metric string) *awswafv2.CfnWebACL_VisibilityConfigProperty {
	return &awswafv2.CfnWebACL_VisibilityConfigProperty{
		CloudWatchMetricsEnabled: new(true), SampledRequestsEnabled: new(false), MetricName: new(metric),
	}
}
