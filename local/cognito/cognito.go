// Package cognito is a Cognito user pool for the loopback interface: it signs users in and issues tokens the way
// Amazon Cognito does, for what the clients of this project use: SRP, passwords, refresh, new passwords, one-time codes,
// client credentials, and the operations of an administrator. It serves no sign-in page, no sign-up and no recovery.
//
// It is configured from the template's AWS::Cognito resources. If the stage names an existing pool, it is configured from
// the authorizer and the functions' CLIENT_IDS. It refuses settings that it does not model. Two differences from AWS are on
// purpose:
//
//   - The issuer is the local base URL and the pool ID, not https://cognito-idp.<region>.amazonaws.com/<pool ID>,
//     so that verifiers fetch these keys, and no token of one place is accepted in the other.
//   - Nothing is kept: users, sessions and both signing keys are new at each start.
package cognito

import (
	"crypto/rand"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/presigned/local/template"
)

// Config is what a pool needs from its surroundings.
type Config struct {
	// Template holds the pool, its app clients, resource servers and domain. New registers their IDs in it.
	Template *template.Template
	// BaseURL is where [Pool.Handler] will be reached, such as http://127.0.0.1:8082, without a slash at the end.
	BaseURL string
	Clock   func() time.Time
	// Keys sign the tokens; nil means new ones, which nobody else can sign with. Tests bring their own to forge tokens.
	Keys *Keys
	// Admin are the credentials that the Admin* operations accept (SigV4).
	Admin aws.Credentials
}

// Pool is one user pool. It is safe for concurrent use.
type Pool struct {
	id, arn, issuer   string
	minPasswordLength int
	domain            bool               // has a domain, hence a token endpoint
	clients           map[string]*client // by client ID
	scopes            map[string]bool    // custom scopes, "<resource server identifier>/<scope name>"
	keys              *Keys
	clock             func() time.Time
	admin             aws.Credentials

	mu            sync.Mutex // guards all below
	users         map[string]*user
	refreshTokens expiring[*signIn]    // by refresh token
	accessTokens  expiring[*signIn]    // by access token
	srpAttempts   expiring[srpAttempt] // by secret block
	challenges    expiring[challenge]  // by session string
}

// New builds the pool that the template describes and registers the IDs of its resources in the template.
func New(c Config) (*Pool, error) {
	p := &Pool{
		clients: map[string]*client{}, scopes: map[string]bool{}, users: map[string]*user{},
		refreshTokens: expiring[*signIn]{}, accessTokens: expiring[*signIn]{},
		srpAttempts: expiring[srpAttempt]{}, challenges: expiring[challenge]{},
		keys: c.Keys, clock: c.Clock, admin: c.Admin,
	}
	if p.keys == nil {
		p.keys = NewKeys()
	}
	if err := p.load(c.Template); err != nil {
		return nil, fmt.Errorf("user pool: %w", err)
	}
	p.issuer = strings.TrimSuffix(c.BaseURL, "/") + "/" + p.id
	return p, nil
}

// name is the pool's ID without the region, which SRP hashes.
func (p *Pool) name() string {
	_, name, _ := strings.Cut(p.id, "_")
	return name
}

// ARN is what an authorizer names the pool by.
func (p *Pool) ARN() string { return p.arn }

// Issuer is the iss claim of the pool's tokens: the base URL and the pool's ID.
func (p *Pool) Issuer() string { return p.issuer }

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails: crypto/rand ends the program instead
	return b
}

// expiring keeps values until they expire. The caller holds the pool's lock.
type expiring[V any] map[string]entry[V]

type entry[V any] struct {
	value   V
	expires time.Time
}

// put adds a value and drops those that have expired, so that a local run of days does not grow.
func (e expiring[V]) put(key string, v V, now time.Time, life time.Duration) {
	e.remove(func(old entry[V]) bool { return !now.Before(old.expires) })
	e[key] = entry[V]{v, now.Add(life)}
}

func (e expiring[V]) get(key string, now time.Time) (v V, ok bool) {
	if found := e[key]; now.Before(found.expires) {
		return found.value, true
	}
	return v, false
}

func (e expiring[V]) remove(which func(entry[V]) bool) {
	maps.DeleteFunc(e, func(_ string, v entry[V]) bool { return which(v) })
}
