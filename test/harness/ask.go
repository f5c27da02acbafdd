package harness

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

// Ask posts a body to an endpoint. As any client should, it asks again when it is throttled.
func Ask(ctx context.Context, url, token, body string) (Answer, error) {
	header := http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + token}}
	for {
		a, err := ExchangeBy(ctx, NewClient(nil), http.MethodPost, url, header, []byte(body))
		if err != nil || a.Status != http.StatusTooManyRequests {
			return a, err
		}
		select {
		case <-ctx.Done():
			return Answer{}, fmt.Errorf("throttled until the end: %w", context.Cause(ctx))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// Presign asks for an operation that must be granted.
func Presign(ctx context.Context, url, token, body string) (p Presigned, err error) {
	a, err := Ask(ctx, url, token, body)
	if err != nil {
		return p, err
	}
	if a.Status != http.StatusOK {
		return p, fmt.Errorf("presign %s: got %d %s, want 200", body, a.Status, a.Body)
	}
	return p, json.Unmarshal(a.Body, &p)
}

// MakeUser makes a user with a password that it need not change, as an administrator.
func MakeUser(ctx context.Context, admin *cognito.Client, pool, name, password string) error {
	_, err := admin.AdminCreateUser(ctx, &cognito.AdminCreateUserInput{
		UserPoolId: &pool, Username: &name, TemporaryPassword: &password, MessageAction: types.MessageActionTypeSuppress,
	})
	if err == nil {
		_, err = admin.AdminSetUserPassword(ctx, &cognito.AdminSetUserPasswordInput{
			UserPoolId: &pool, Username: &name, Password: &password, Permanent: true,
		})
	}
	if err != nil {
		return fmt.Errorf("make user %q: %w", name, err)
	}
	return nil
}
