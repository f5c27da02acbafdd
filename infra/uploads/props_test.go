package uploads

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"

	"example.com/presigned/infra/stage"
)

func TestPropsThatContradictEachOtherAreNamed(t *testing.T) {
	pool := struct{ awscognito.IUserPool }{}
	clients := []*string{new("client")}
	with := func(change func(*stage.Stage)) stage.Stage {
		s := stage.Least()
		change(&s)
		return s
	}
	for _, tt := range []struct {
		props Props
		want  string
	}{
		{Props{Stage: stage.Least()}, ""},
		{Props{Stage: stage.Least(), UserPool: pool, AppClientIDs: clients, AuthorizationScopes: []string{"files/write"}}, ""},
		{Props{Stage: with(func(s *stage.Stage) { s.MaxBatch = 0 })}, "maxBatch is 0"},
		{Props{Stage: stage.Least(), UserPool: pool}, "UserPool and AppClientIDs go together"},
		{Props{Stage: stage.Least(), AppClientIDs: clients}, "UserPool and AppClientIDs go together"},
		{Props{Stage: stage.Least(), AuthorizationScopes: []string{"files/write"}}, "AuthorizationScopes are those of UserPool"},
		{Props{Stage: stage.Least(), UserPool: pool, AppClientIDs: clients, AuthorizationScopes: []string{"openid"}}, `authorizationScopes has "openid"`},
		{Props{Stage: with(func(s *stage.Stage) {
			s.UserPoolARN, s.AppClientIDs = "arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_AbCdEfGhI", []string{"client"}
		}), UserPool: pool, AppClientIDs: clients}, "want UserPool or Stage.UserPoolARN"},
		{Props{Stage: with(func(s *stage.Stage) { s.SelfSignUp = true }), UserPool: pool, AppClientIDs: clients}, "no effect: selfSignUp"},
		{Props{Stage: with(func(s *stage.Stage) {
			s.KMSKey, s.KMSKeyArn = true, "arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"
		}), Key: struct{ awskms.IKey }{}}, "want Key or Stage.KMSKeyArn"},
		{Props{Stage: with(func(s *stage.Stage) { s.PermissionsBoundary = "team" }), PermissionsBoundary: struct{ awsiam.IManagedPolicy }{}},
			"want PermissionsBoundary or Stage.PermissionsBoundary"},
		{Props{Stage: stage.Least(), MainPackage: "example.com/mine", Code: struct{ awslambda.Code }{}}, "want Code or MainPackage, not both"},
		{Props{Stage: stage.Least(), Environment: map[string]*string{"BUCKET": new("mine")}}, "Environment has BUCKET"},
		{Props{Stage: stage.Least(), Environment: map[string]*string{"DUAL_STACK": new("true")}}, "Environment has DUAL_STACK"}, // off in this stage
	} {
		got := ""
		if err := tt.props.check(); err != nil {
			got = err.Error()
		}
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("got %q, want %q in it", got, tt.want)
		}
	}
}
