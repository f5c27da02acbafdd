package uploads

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
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
		}), UserPool: pool, AppClientIDs: clients}, "want one of them"},
		{Props{Stage: with(func(s *stage.Stage) { s.SelfSignUp = true }), UserPool: pool, AppClientIDs: clients}, "no effect: selfSignUp"},
		{Props{Stage: stage.Least(), Handler: "example.com/mine", Code: struct{ awslambda.Code }{}}, "Code and Handler are set"},
		{Props{Stage: stage.Least(), Environment: map[string]*string{"BUCKET": new("mine")}}, "Environment has BUCKET"},
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
