package stack_test

import (
	"strings"
	"testing"
)

// scopes are those of which a token needs one.
func (v variant) scopes() []string {
	if v.config.UserPoolARN != "" {
		return v.config.AuthorizationScopes
	}
	return []string{"uploads/write", "aws.cognito.signin.user.admin"}
}

// clientIDs are the app client's, and those of the stage's machines after it.
func (v variant) clientIDs(t *testing.T) any {
	if v.config.UserPoolARN != "" {
		return strings.Join(v.config.AppClientIDs, ",")
	}
	app := ref(v.starting(t, "AWS::Cognito::UserPoolClient", "UsersAppClient").id)
	if len(v.config.MachineClients) == 0 {
		return app
	}
	ids := []any{app}
	for _, name := range v.config.MachineClients {
		ids = append(ids, ref(v.starting(t, "AWS::Cognito::UserPoolClient", "UsersMachine"+name).id))
	}
	return map[string]any{"Fn::Join": []any{",", ids}}
}

func TestAnExistingPoolIsUsedAndNothingIsMadeInIt(t *testing.T) {
	v := all["existingpool"]
	for id, r := range v.Resources {
		if strings.HasPrefix(r.Type, "AWS::Cognito::") {
			t.Errorf("got %s of type %s, want nothing of Cognito", id, r.Type)
		}
	}
	for output, want := range map[string]string{"UserPoolId": "eu-central-1_AbCdEfGhI", "AppClientId": v.config.AppClientIDs[0]} {
		if got := v.Outputs[output].Value; got != want {
			t.Errorf("output %s: got %v, want %s", output, got, want)
		}
	}
}
