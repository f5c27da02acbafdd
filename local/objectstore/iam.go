package objectstore

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"example.com/presigned/local/template"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/iamapi/policy"
	"github.com/versity/versitygw/iamapi/types"
	"github.com/versity/versitygw/s3err"
)

// sessionLength is how long a role's session lasts. On AWS a function's session lasts several hours and is renewed long
// before its end. With one hour, a long local run tests the renewal.
const sessionLength = time.Hour

// identities are the template's roles and their sessions. The gateway asks them for the key that verifies a signature, and
// whether the role's own policies allow a request.
type identities struct {
	auth.IAMService // the root account, which the gateway knows by itself
	now             func() time.Time
	roles           map[string][]types.PolicyEntry // by ARN

	mu       sync.Mutex
	sessions map[string]session // by access key ID; ended sessions stay here
}

type session struct {
	aws.Credentials
	roleARN string
}

// maxRoleName is IAM's limit on a role's name.
const maxRoleName = 64

// nameRoles decides the roles' names and registers their IDs.
func (s *Store) nameRoles() {
	for _, r := range s.t.Resources("AWS::IAM::Role") {
		name := physicalName(s.t.StackName, r.LogicalID, maxRoleName)
		path, _ := r.Properties["Path"].(string)
		s.t.SetID(r.LogicalID, name, map[string]string{
			"Arn": "arn:aws:iam::" + s.t.AccountID() + ":role/" + strings.TrimPrefix(path, "/") + name,
		})
	}
}

// physicalName joins the stack's name and the logical ID. A name that is too long loses its beginning.
func physicalName(stack, logicalID string, most int) string {
	name := stack + "-" + logicalID
	return strings.TrimLeft(name[max(0, len(name)-most):], "-")
}

// role is AWS::IAM::Role.
type role struct {
	Path     string
	Policies []struct {
		PolicyName     string
		PolicyDocument json.RawMessage
	}
	PermissionsBoundary      template.NotEnforced `why:"the policy is not in the template" option:"permissionsBoundary"`
	AssumeRolePolicyDocument template.NotEnforced `why:"the local run opens the role's sessions by itself"`
	ManagedPolicyArns        template.NotEnforced `why:"AWS's managed policies grant nothing locally"`
}

// readRoles reads the roles with their inline policies.
func (s *Store) readRoles() error {
	return template.Each(s.t, "AWS::IAM::Role", func(r template.Resource, decoded role) error {
		s.iam.roles[r.ARN] = []types.PolicyEntry{}
		for _, p := range decoded.Policies {
			if err := policy.Parse(string(p.PolicyDocument)); err != nil {
				return fmt.Errorf("policy %s: %w", p.PolicyName, err)
			}
			s.iam.roles[r.ARN] = append(s.iam.roles[r.ARN], types.PolicyEntry{PolicyName: p.PolicyName, PolicyDocument: string(p.PolicyDocument)})
		}
		return nil
	})
}

// Credentials opens a session of a role of the template. Call it again to renew: each session is independent.
func (s *Store) Credentials(roleARN string) (aws.Credentials, error) {
	if s.iam.roles[roleARN] == nil {
		return aws.Credentials{}, fmt.Errorf("session of role %q: not in the template", roleARN)
	}
	c := aws.Credentials{
		AccessKeyID:     "ASIA" + rand.Text()[:16],
		SecretAccessKey: rand.Text() + rand.Text()[:14],
		SessionToken:    sessionToken(),
		CanExpire:       true,
		Expires:         s.cfg.Now().UTC().Add(sessionLength).Truncate(time.Second),
	}
	s.iam.mu.Lock()
	defer s.iam.mu.Unlock()
	s.iam.sessions[c.AccessKeyID] = session{c, roleARN}
	return c, nil
}

// sessionToken looks like AWS's: it has several hundred characters, and some of them must be escaped in a URL. So a client
// that decodes a presigned URL once too often fails here too.
func sessionToken() string {
	token := make([]byte, 640)
	rand.Read(token) // never fails: crypto/rand ends the program instead
	copy(token, "\xfb\xff\xbf")
	return "IQoJb3JpZ2luX2Vj" + base64.StdEncoding.EncodeToString(token) // "+/+/" first, "==" last
}

// SessionOf returns a session that the store has opened, by its access key ID. A test that compares signatures needs the
// key that a function has signed with.
func (s *Store) SessionOf(accessKeyID string) (aws.Credentials, bool) {
	s.iam.mu.Lock()
	defer s.iam.mu.Unlock()
	found, ok := s.iam.sessions[accessKeyID]
	return found.Credentials, ok
}

// session finds the session that a request names. The request's signature is not verified yet.
func (i *identities) session(access, token string) (session, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	switch s, known := i.sessions[access]; {
	case token == "":
		return s, auth.ErrNoSuchUser
	case !known || s.SessionToken != token:
		return s, auth.ErrInvalidSessionToken
	default:
		return s, nil
	}
}

// DeriveSigningKey implements auth.SigningKeyProvider: the key of AWS Signature Version 4.
func (i *identities) DeriveSigningKey(access, token, date, region, service string) ([]byte, auth.Account, error) {
	s, err := i.session(access, token)
	if err == nil && !i.now().Before(s.Expires) {
		err = s3err.APIError{Code: "ExpiredToken", Description: "The provided token has expired.", HTTPStatusCode: http.StatusBadRequest}
	}
	if err != nil {
		return nil, auth.Account{}, err
	}
	key := []byte("AWS4" + s.SecretAccessKey)
	for _, part := range []string{date, region, service, "aws4_request"} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	return key, auth.Account{
		Access: access, Role: auth.RoleUser, SessionToken: token, IsSession: true, Arn: s.roleARN, RoleArn: s.roleARN,
	}, nil
}

// EvaluatePolicy implements auth.PolicyEvaluator with the policies of the session's role.
func (i *identities) EvaluatePolicy(access, token string, actions []auth.Action, resources []string, condition map[string][]string) (
	out auth.PolicyEvaluation, err error,
) {
	s, err := i.session(access, token)
	if err != nil {
		return out, err
	}
	out.PrincipalArn = s.roleARN
	decide(&out.Decisions, actions, resources, func(action, resource string) policy.Decision {
		return policy.EvaluateIdentityPolicies(i.roles[s.roleARN], policy.RequestContext{Action: action, Resource: resource, Condition: condition})
	})
	return out, nil
}

// decide fills in a decision for each action on each resource. The gateway's type of a decision has no exported name, so D
// is inferred; its values are those of policy.Decision.
func decide[D ~int](out *[][]D, actions []auth.Action, resources []string, of func(action, resource string) policy.Decision) {
	for _, resource := range resources {
		var row []D
		for _, action := range actions {
			row = append(row, D(of(string(action), resource)))
		}
		*out = append(*out, row)
	}
}
