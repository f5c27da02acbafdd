package objectstore

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"time"

	"example.com/presigned/local/template"

	"github.com/versity/versitygw/iamapi"
	"github.com/versity/versitygw/iamapi/policy"
	"github.com/versity/versitygw/iamapi/private"
	"github.com/versity/versitygw/iamapi/storage"
	"github.com/versity/versitygw/iamapi/types"
)

// Credentials are an access key, of the root account or of a role's session.
type Credentials struct {
	AccessKeyID     string
	SecretAccessKey string
	SessionToken    string    // "" for root
	Expiration      time.Time // zero for root
}

// sessionLength is how long a role's session lasts. Lambda's last several hours, and are renewed long before their end;
// an hour lets a long local run show that a renewal works.
const sessionLength = time.Hour

// maxRoleName is IAM's limit on a role's name.
const maxRoleName = 64

// startIAM writes the template's roles and serves them to the gateway on a unix socket. Everything is written
// before the first request, because [identities] reads a role once.
func (s *Store) startIAM(ctx context.Context, d dirs) error {
	store, err := storage.New(storage.Config{Dir: d.iam})
	if err != nil {
		return err
	}
	s.iam = &identities{Storer: store, roles: map[string]*types.Role{}, sessions: map[string]types.Session{}}
	if err := s.createRoles(ctx); err != nil {
		return err
	}
	api, err := private.New(s.iam, iamapi.RootCredentials{Access: s.Root.AccessKeyID, Secret: s.Root.SecretAccessKey},
		private.WithPrivateQuiet())
	if err != nil {
		return err
	}
	socket := filepath.Join(d.sockets, iamSocket)
	failed := make(chan error, 1)
	go func() { failed <- serve(api.ServeMultiPort, []string{socket}) }()
	s.closers = append(s.closers, api.Shutdown)
	return dialable(ctx, socket, failed)
}

// serve calls ServeMultiPort with no TLS options. Their type is internal to versitygw, so it can only be inferred;
// the alternative, embedgw.RunIAMAPI, opens the same storage a second time and would lose sessions in the race.
func serve[T any](serveMultiPort func([]string, T) error, addresses []string) error {
	var none T
	return serveMultiPort(addresses, none)
}

// dialable waits until the socket takes connections: the gateway's own probe would sleep for 2 s if it came first.
func dialable(ctx context.Context, socket string, failed <-chan error) error {
	poll := time.NewTicker(time.Millisecond)
	defer poll.Stop()
	for {
		if conn, err := (&net.Dialer{}).DialContext(ctx, "unix", socket); err == nil {
			return conn.Close()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-failed:
			return err
		case <-poll.C:
		}
	}
}

// nameRoles decides the roles' names and registers their IDs.
func (s *Store) nameRoles() {
	for _, r := range s.t.Resources("AWS::IAM::Role") {
		name := physicalName(s.t.StackName, r.LogicalID, maxRoleName)
		path := "/"
		if given, ok := r.Properties["Path"].(string); ok {
			path = given
		}
		role := types.Role{
			RoleName: name,
			Path:     path,
			RoleID:   "AROA" + rand.Text()[:17],
			Arn:      fmt.Sprintf("arn:aws:iam::%s:role%s%s", s.t.AccountID(), path, name),
		}
		s.roles = append(s.roles, role)
		s.t.SetID(r.LogicalID, name, map[string]string{"Arn": role.Arn, "RoleId": role.RoleID})
	}
}

// physicalName begins with the stack's name and is at most so long. What is too long loses the end of the stack's name.
func physicalName(stack, logicalID string, most int) string {
	logicalID = logicalID[:min(len(logicalID), most-2)]
	return stack[:min(len(stack), most-1-len(logicalID))] + "-" + logicalID
}

// createRoles creates the roles with their inline policies.
func (s *Store) createRoles(ctx context.Context) error {
	for _, role := range s.roles {
		role.CreateDate = s.cfg.Now().UTC()
		if _, err := s.iam.CreateRole(ctx, role); err != nil {
			return fmt.Errorf("role %s: %w", role.RoleName, err)
		}
	}
	for _, r := range s.t.Resources("AWS::IAM::Role") {
		var decoded role
		if err := s.t.Decode(r, &decoded); err != nil {
			return err
		}
		name, err := s.t.Ref(r.LogicalID)
		if err != nil {
			return err
		}
		for _, p := range decoded.Policies {
			if err := s.putRolePolicy(ctx, name, p); err != nil {
				return fmt.Errorf("role %s: %w", r.LogicalID, err)
			}
		}
	}
	return nil
}

// role is AWS::IAM::Role.
type role struct {
	Description              string
	Path                     string
	Policies                 []inlinePolicy
	PermissionsBoundary      template.NotEnforced `why:"the policy is not in the template" option:"permissionsBoundary"`
	AssumeRolePolicyDocument template.NotEnforced `why:"the local run opens the role's sessions by itself"`
	ManagedPolicyArns        template.NotEnforced `why:"AWS's managed policies grant nothing locally"`
	Tags                     template.NotEnforced `why:"not stored"`
}

type inlinePolicy struct {
	PolicyName     string
	PolicyDocument json.RawMessage
}

func (s *Store) putRolePolicy(ctx context.Context, roleName string, p inlinePolicy) error {
	document := string(p.PolicyDocument)
	if err := policy.Parse(document); err != nil {
		return fmt.Errorf("policy %s: %w", p.PolicyName, err)
	}
	return s.iam.PutRolePolicy(ctx, storage.PutRolePolicyInput{
		RoleName: roleName, PolicyName: p.PolicyName, PolicyDocument: document,
	})
}

// Credentials opens a session of a role of the template. Call it again to renew: each session is independent.
func (s *Store) Credentials(ctx context.Context, roleARN string) (Credentials, error) {
	i := slices.IndexFunc(s.roles, func(r types.Role) bool { return r.Arn == roleARN })
	if i < 0 {
		return Credentials{}, fmt.Errorf("session of role %q: not in the template", roleARN)
	}
	r := s.roles[i]
	now := s.cfg.Now().UTC()
	c := Credentials{
		AccessKeyID:     "ASIA" + rand.Text()[:16],
		SecretAccessKey: rand.Text() + rand.Text()[:14],
		SessionToken:    sessionToken(),
		Expiration:      now.Add(sessionLength).Truncate(time.Second),
	}
	_, err := s.iam.CreateSession(ctx, types.Session{
		AccessKeyId:     c.AccessKeyID,
		SecretAccessKey: c.SecretAccessKey,
		SessionToken:    c.SessionToken,
		RoleArn:         r.Arn,
		RoleName:        r.RoleName,
		RoleID:          r.RoleID,
		RoleSessionName: "local",
		CreateDate:      now,
		Expiration:      c.Expiration,
	})
	if err != nil {
		return Credentials{}, fmt.Errorf("session of role %q: %w", roleARN, err)
	}
	return c, nil
}

// sessionToken looks like one of AWS's: several hundred characters, with those that a URL must escape, so that a client that
// decodes a presigned URL once too often fails here too.
func sessionToken() string {
	token := make([]byte, 640)
	rand.Read(token) // never fails: crypto/rand ends the program instead
	copy(token, "\xfb\xff\xbf")
	return "IQoJb3JpZ2luX2Vj" + base64.StdEncoding.EncodeToString(token) // "+/+/" first, "==" last
}
