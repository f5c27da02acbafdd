package uploads

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"

	"example.com/presigned/infra/stage"
)

// check reports all errors of the props together.
func (p *Props) check() error {
	wrong := append([]error{p.Stage.Check()}, stage.CheckScopes(p.AuthorizationScopes)...)
	unused := p.Stage.ChangedOwnPoolFields()
	for _, rule := range []struct {
		broken  bool
		refusal string
	}{
		{(p.UserPool == nil) != (len(p.AppClientIDs) == 0), "UserPool and AppClientIDs go together: want both, or neither"},
		{p.UserPool != nil && p.Stage.UserPoolARN != "", "want UserPool or Stage.UserPoolARN, and both are set"},
		{p.UserPool != nil && len(unused) > 0, "UserPool is set, so these fields of Stage have no effect: " + strings.Join(unused, ", ") + "; leave them out"},
		{p.UserPool == nil && len(p.AuthorizationScopes) > 0, "AuthorizationScopes are those of UserPool, which is nil: set it, or leave them out"},
		{p.Key != nil && p.Stage.KMSKeyArn != "", "want Key or Stage.KMSKeyArn, and both are set"},
		{p.PermissionsBoundary != nil && p.Stage.PermissionsBoundary != "", "want PermissionsBoundary or Stage.PermissionsBoundary, and both are set"},
		{p.Code != nil && p.MainPackage != "", "want Code or MainPackage, not both"},
	} {
		if rule.broken {
			wrong = append(wrong, errors.New(rule.refusal))
		}
	}
	own := ownVariables(p.Stage, nil, nil, nil)
	for _, name := range slices.Sorted(maps.Keys(p.Environment)) {
		if _, reserved := own[name]; reserved {
			wrong = append(wrong, fmt.Errorf("field Environment has %s, which the construct sets itself: want another name", name))
		}
	}
	return errors.Join(wrong...)
}

// boundary is the policy that bounds every role, or nil.
func (p *Props) boundary(scope constructs.Construct) awsiam.IManagedPolicy {
	name := p.Stage.PermissionsBoundary
	switch {
	case name == "":
		return p.PermissionsBoundary
	case strings.HasPrefix(name, "arn:"):
		return awsiam.ManagedPolicy_FromManagedPolicyArn(scope, new("PermissionsBoundary"), new(name))
	default:
		return awsiam.ManagedPolicy_FromManagedPolicyName(scope, new("PermissionsBoundary"), new(name))
	}
}
