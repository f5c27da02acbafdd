package stack_test

import (
	"slices"
	"testing"
)

func TestSignInIsAsTightAsTheStageSays(t *testing.T) {
	const srp, password, refresh = "ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"
	for _, tt := range []struct {
		stage              string
		flows              []any
		protection         string
		access, refreshMin int
	}{
		{"least", []any{srp, refresh}, "INACTIVE", 60, 30 * 24 * 60},
		{"dev", []any{password, srp, refresh}, "INACTIVE", 60, 30 * 24 * 60},
		{"prod", []any{srp, refresh}, "ACTIVE", 15, 7 * 24 * 60},
	} {
		t.Run(tt.stage, func(t *testing.T) {
			v := all[tt.stage]
			pool, client := v.only(t, "AWS::Cognito::UserPool").Properties, v.only(t, "AWS::Cognito::UserPoolClient").Properties
			for _, c := range []struct {
				what      string
				got, want any
			}{
				{"flows", client["ExplicitAuthFlows"], tt.flows},
				{"client secret", client["GenerateSecret"], false},
				{"user existence errors", client["PreventUserExistenceErrors"], "ENABLED"},
				{"token revocation", client["EnableTokenRevocation"], true},
				{"access token minutes", client["AccessTokenValidity"], tt.access},
				{"refresh token minutes", client["RefreshTokenValidity"], tt.refreshMin},
				{"OAuth", client["AllowedOAuthFlowsUserPoolClient"], false},
				{"writable attributes", client["WriteAttributes"], []any{"email"}},
				{"administrators only", at(pool, "AdminCreateUserConfig", "AllowAdminCreateUserOnly"), true},
				{"MFA", pool["MfaConfiguration"], "OPTIONAL"},
				{"second factors", pool["EnabledMfas"], []any{"SOFTWARE_TOKEN_MFA"}},
				{"case", at(pool, "UsernameConfiguration", "CaseSensitive"), false},
				{"shortest password", at(pool, "Policies", "PasswordPolicy", "MinimumLength"), 12},
				{"deletion protection", pool["DeletionProtection"], tt.protection},
			} {
				if got, want := text(t, c.got), text(t, c.want); got != want {
					t.Errorf("%s: got %s, want %s", c.what, got, want)
				}
			}
		})
	}
}

func TestTheStacksOwnScopeIsUploadsWrite(t *testing.T) {
	for name, v := range all {
		if v.config.UserPoolARN != "" {
			continue // an existing pool has scopes of its own
		}
		server := v.only(t, "AWS::Cognito::UserPoolResourceServer").Properties
		if got := server["Identifier"]; got != "uploads" {
			t.Errorf("%s: got identifier %v, want uploads", name, got)
		}
		if got := at(list(server["Scopes"])[0], "ScopeName"); got != "write" || len(list(server["Scopes"])) != 1 {
			t.Errorf("%s: got scopes %s, want write alone", name, text(t, server["Scopes"]))
		}
	}
}

func TestAClientFindsWhatItNeedsInTheOutputs(t *testing.T) {
	least := []string{"ApiUrl", "AppClientId", "BucketName", "BucketUrl", "Region", "UploadUrl", "UserPoolId", "Version"}
	full := []string{"ApiUrl", "AppClientId", "BucketName", "BucketUrl", "DeleteUrl", "DownloadUrl", "Region", "UploadUrl", "UserPoolId", "Version"}
	for name, want := range map[string][]string{"least": least, "dev": full, "prod": append([]string{"AccessLogBucketName"}, full...)} {
		var got []string
		for id := range all[name].Outputs {
			got = append(got, id)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: got outputs %v, want %v", name, got, want)
		}
	}
}
