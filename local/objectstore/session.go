package objectstore

import (
	"net/http"
	"sync"
	"time"

	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/s3err"
)

// sessions remembers when each session ends, which the gateway's IAM forgets.
type sessions struct {
	now func() time.Time

	mu  sync.Mutex
	all map[string]Credentials // by access key ID
}

func (s *sessions) add(c Credentials) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = map[string]Credentials{}
	}
	s.all[c.AccessKeyID] = c
}

func (s *sessions) ended(accessKeyID, token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.all[accessKeyID]
	return ok && c.SessionToken == token && !s.now().Before(c.Expiration)
}

// Session returns a session that the store has opened, by its access key ID: whoever compares signatures needs the key
// that a function has signed with.
func (s *Store) Session(accessKeyID string) (Credentials, bool) {
	s.sessions.mu.Lock()
	defer s.sessions.mu.Unlock()
	c, ok := s.sessions.all[accessKeyID]
	return c, ok
}

// iamClient is the gateway's own client of the IAM service, but it answers for a session that has ended as S3 does:
// ExpiredToken, not InvalidAccessKeyId. A presigned URL that outlives its signer's session is a common mistake.
type iamClient struct {
	*auth.IAMServiceStandalone
	sessions *sessions
}

// DeriveSigningKey is asked for each request that is not root's, before its signature is verified.
func (c iamClient) DeriveSigningKey(access, token, date, region, service string) ([]byte, auth.Account, error) {
	if c.sessions.ended(access, token) {
		return nil, auth.Account{}, s3err.APIError{
			Code: "ExpiredToken", Description: "The provided token has expired.", HTTPStatusCode: http.StatusBadRequest,
		}
	}
	return c.IAMServiceStandalone.DeriveSigningKey(access, token, date, region, service)
}
