package objectstore

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/iamapi/storage"
	"github.com/versity/versitygw/iamapi/types"
	"github.com/versity/versitygw/s3err"
)

// identities are the roles and their sessions, which the gateway looks up twice for each request: in memory, because
// the gateway's own storage reads and parses its one file each time, and forgets a session that has ended.
type identities struct {
	storage.Storer // checks and keeps the roles; none changes after the first request

	mu       sync.Mutex
	roles    map[string]*types.Role   // by the name that was asked for
	sessions map[string]types.Session // by access key ID; those that have ended, too
}

// GetRole reads a role once.
func (i *identities) GetRole(ctx context.Context, name string) (*types.Role, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if role := i.roles[name]; role != nil {
		return role, nil
	}
	role, err := i.Storer.GetRole(ctx, name)
	if err == nil {
		i.roles[name] = role
	}
	return role, err
}

// CreateSession keeps a session.
func (i *identities) CreateSession(_ context.Context, s types.Session) (*types.Session, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.sessions[s.AccessKeyId] = s
	return &s, nil
}

// GetSession does not ask whether the session has ended: [iamClient] did, when it was asked for the signing key.
func (i *identities) GetSession(_ context.Context, accessKeyID string) (*types.Session, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	s, ok := i.sessions[accessKeyID]
	if !ok {
		return nil, storage.ErrSessionNotFound
	}
	return &s, nil
}

// Session returns a session that the store has opened, by its access key ID: whoever compares signatures needs the key
// that a function has signed with.
func (s *Store) Session(accessKeyID string) (Credentials, bool) {
	session, err := s.iam.GetSession(context.Background(), accessKeyID)
	if err != nil {
		return Credentials{}, false
	}
	return Credentials{session.AccessKeyId, session.SecretAccessKey, session.SessionToken, session.Expiration}, true
}

// iamClient is the gateway's own client of the IAM service, but it answers for a session that has ended as S3 does:
// ExpiredToken, not InvalidAccessKeyId. A presigned URL that outlives its signer's session is a common mistake.
type iamClient struct {
	*auth.IAMServiceStandalone
	iam *identities
	now func() time.Time
}

// DeriveSigningKey is asked for each request that is not root's, before its signature is verified.
func (c iamClient) DeriveSigningKey(access, token, date, region, service string) ([]byte, auth.Account, error) {
	session, err := c.iam.GetSession(context.Background(), access)
	if err == nil && session.SessionToken == token && !c.now().Before(session.Expiration) {
		return nil, auth.Account{}, s3err.APIError{
			Code: "ExpiredToken", Description: "The provided token has expired.", HTTPStatusCode: http.StatusBadRequest,
		}
	}
	return c.IAMServiceStandalone.DeriveSigningKey(access, token, date, region, service)
}
