package cognito

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

// adminPool runs on the real clock, because the SDK signs with it.
func adminPool(t *testing.T) (*Pool, func(key, secret string) *cip.Client) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	url := "http://" + server.Listener.Addr().String()
	pool, err := New(Config{Template: load(t, resources()), BaseURL: url, Keys: testKeys(), Clock: time.Now, Admin: AdminCredentials{"AKIAADMIN", "secret"}})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = pool.Handler()
	server.Start()
	t.Cleanup(server.Close)
	return pool, func(key, secret string) *cip.Client {
		o := cip.Options{Region: "us-east-1", BaseEndpoint: &url, Credentials: credentials.NewStaticCredentialsProvider(key, secret, "")}
		if key == "" {
			o.Credentials = aws.AnonymousCredentials{}
		}
		return cip.New(o)
	}
}

func TestAdministratorsManageUsersWithSignedRequests(t *testing.T) {
	pool, client := adminPool(t)
	admin, ctx := client("AKIAADMIN", "secret"), context.Background()
	id, name := new(pool.ID()), new("jane")
	made, err := admin.AdminCreateUser(ctx, &cip.AdminCreateUserInput{
		UserPoolId: id, Username: name, TemporaryPassword: new(johnsPassword), MessageAction: types.MessageActionTypeSuppress,
	})
	if err != nil || made.User.UserStatus != types.UserStatusTypeForceChangePassword {
		t.Fatalf("got %+v, %v", made, err)
	}
	_, err = admin.AdminSetUserPassword(ctx, &cip.AdminSetUserPasswordInput{UserPoolId: id, Username: name, Password: new("Better-horse-22"), Permanent: true})
	wantError(t, "AdminSetUserPassword", err, "")
	got, err := admin.AdminGetUser(ctx, &cip.AdminGetUserInput{UserPoolId: id, Username: name})
	if err != nil || got.UserStatus != types.UserStatusTypeConfirmed || !got.Enabled {
		t.Errorf("got %+v, %v", got, err)
	}
	_, err = admin.AdminSetUserPassword(ctx, &cip.AdminSetUserPasswordInput{UserPoolId: id, Username: name, Password: new("short1")})
	wantError(t, "a short password", err, "InvalidPasswordException")
	_, err = admin.AdminDisableUser(ctx, &cip.AdminDisableUserInput{UserPoolId: id, Username: name})
	wantError(t, "AdminDisableUser", err, "")
	if got, err := admin.AdminGetUser(ctx, &cip.AdminGetUserInput{UserPoolId: id, Username: name}); err != nil || got.Enabled {
		t.Errorf("disabled: got %+v, %v", got, err)
	}
	_, err = admin.AdminEnableUser(ctx, &cip.AdminEnableUserInput{UserPoolId: id, Username: name})
	wantError(t, "AdminEnableUser", err, "")
	_, err = admin.AdminUserGlobalSignOut(ctx, &cip.AdminUserGlobalSignOutInput{UserPoolId: id, Username: name})
	wantError(t, "AdminUserGlobalSignOut", err, "")
	_, err = admin.AdminDeleteUser(ctx, &cip.AdminDeleteUserInput{UserPoolId: new("us-east-1_000000000"), Username: name})
	wantError(t, "another pool", err, "ResourceNotFoundException")
	_, err = admin.AdminDeleteUser(ctx, &cip.AdminDeleteUserInput{UserPoolId: id, Username: name})
	wantError(t, "AdminDeleteUser", err, "")
	_, err = admin.AdminGetUser(ctx, &cip.AdminGetUserInput{UserPoolId: id, Username: name})
	wantError(t, "deleted", err, "UserNotFoundException")
}

func TestNobodyElseAdministers(t *testing.T) {
	pool, client := adminPool(t)
	for _, tt := range []struct{ name, key, secret, want string }{
		{"wrong secret", "AKIAADMIN", "wrong", "InvalidSignatureException"},
		{"another key", "AKIAOTHER", "secret", "UnrecognizedClientException"},
		{"unsigned", "", "", "MissingAuthenticationTokenException"},
	} {
		_, err := client(tt.key, tt.secret).AdminDeleteUser(context.Background(), &cip.AdminDeleteUserInput{UserPoolId: new(pool.ID()), Username: new("x")})
		wantError(t, tt.name, err, tt.want)
	}
}
