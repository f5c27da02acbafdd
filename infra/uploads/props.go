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
	wrong := []error{p.Stage.Check()}
	if (p.UserPool == nil) != (len(p.AppClientIDs) == 0) {
		wrong = append(wrong, errors.New("UserPool and AppClientIDs go together: want both, or neither"))
	}
	if p.UserPool != nil && p.Stage.UserPoolARN != "" {
		wrong = append(wrong, fmt.Errorf("want UserPool or Stage.UserPoolARN, and both are set: Stage.UserPoolARN is %q", p.Stage.UserPoolARN))
	}
	if unused := p.Stage.OwnPoolFields(); p.UserPool != nil && len(unused) > 0 {
		wrong = append(wrong, fmt.Errorf("UserPool is set, so these fields of Stage have no effect: %s; leave them out", strings.Join(unused, ", ")))
	}
	if p.Key != nil && p.Stage.KMSKeyArn != "" {
		wrong = append(wrong, fmt.Errorf("want Key or Stage.KMSKeyArn, and both are set: Stage.KMSKeyArn is %q", p.Stage.KMSKeyArn))
	}
	if p.PermissionsBoundary != nil && p.Stage.PermissionsBoundary != "" {
		wrong = append(wrong, fmt.Errorf("want PermissionsBoundary or Stage.PermissionsBoundary, and both are set: Stage.PermissionsBoundary is %q", p.Stage.PermissionsBoundary))
	}
	if p.UserPool == nil && len(p.AuthorizationScopes) > 0 {
		wrong = append(wrong, errors.New("AuthorizationScopes are those of UserPool, which is nil: set it, or leave them out"))
	}
	wrong = append(wrong, stage.CheckScopes(p.AuthorizationScopes)...)
	if p.Code != nil && p.Handler != "" {
		wrong = append(wrong, errors.New("want Code or Handler, not both"))
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
