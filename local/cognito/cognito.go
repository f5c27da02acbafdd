// Package cognito is a Cognito user pool for the loopback interface: it signs users in and issues tokens the way
// Amazon Cognito does, for what the clients of this project use.
//
// It is configured from the template's AWS::Cognito resources alone, and refuses settings that it does not model
// ([Coverage], and the errors of [New]). Two things differ from AWS and are meant to:
//
//   - The issuer is the local base URL and the pool ID, not https://cognito-idp.<region>.amazonaws.com/<pool ID>,
//     so that verifiers fetch these keys and no token of one place is ever good in the other.
//   - Nothing is kept: users, sessions and both signing keys are new at each start.
//
// What was measured on AWS by others, or documented, is imitated down to messages; where neither says anything, the
// stricter choice was made.
//
// It imports local/template only, and needs no IAM action. local/stack and tests may import it, nothing that deploys.
package cognito

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"example.com/presigned/local/template"
)

// Config is what a pool needs from its surroundings.
type Config struct {
	// Template holds the pool, its app clients, resource servers and domain. New registers their IDs in it.
	Template *template.Template
	// UserPool is the pool's logical ID; "" means the only one of the template.
	UserPool string
	// BaseURL is where [Pool.Handler] will be reached, such as http://127.0.0.1:8082, without a slash at the end.
	BaseURL string
	// Clock tells the time; nil means time.Now.
	Clock func() time.Time
	// Rand gives salts, secrets and IDs; nil means crypto/rand. RSA keys always come from crypto/rand.
	Rand io.Reader
	// Keys sign the tokens; nil means new ones, which nobody else can sign with. Tests bring their own to forge tokens.
	Keys *Keys
	// Log shows the codes that Cognito would send by e-mail; nil discards them.
	Log *slog.Logger
	// Admin, if set, are the credentials that the Admin* operations accept (SigV4). Without them nobody may call those.
	Admin AdminCredentials
}

// AdminCredentials stand for an IAM principal that may administer the pool.
type AdminCredentials struct {
	AccessKeyID, SecretAccessKey string
}

// Pool is one user pool. It is safe for concurrent use.
type Pool struct {
	settings poolSettings
	clients  map[string]*client // by client ID
	scopes   map[string]bool    // custom scopes, "<resource server identifier>/<scope name>"
	issuer   string
	baseURL  string
	keys     *Keys
	log      *slog.Logger
	clock    func() time.Time
	admin    AdminCredentials
	decoy    []byte // key of the salts shown for unknown usernames

	randMu sync.Mutex
	rand   io.Reader

	mu       sync.Mutex // guards all below
	users    map[string]*user
	grants   ledger[*grant]    // by refresh token
	issued   ledger[*grant]    // by jti of an access token that has not expired
	attempts ledger[*attempts] // wrong passwords, by username
	proofs   ledger[*srpState] // SRP sign-ins under way, by secret block
	sessions ledger[*session]  // challenges under way, by session string
	codes    ledger[*authCode] // OAuth authorization codes
}

// New builds the pool that the template describes and registers the IDs of its resources in the template.
func New(c Config) (*Pool, error) {
	if c.Template == nil || c.BaseURL == "" {
		return nil, errors.New("user pool: want a template and a base URL")
	}
	p := &Pool{
		clients: map[string]*client{}, scopes: map[string]bool{}, users: map[string]*user{},
		baseURL: strings.TrimSuffix(c.BaseURL, "/"),
		keys:    c.Keys, log: c.Log, clock: c.Clock, rand: c.Rand, admin: c.Admin,
	}
	if p.clock == nil {
		p.clock = time.Now
	}
	if p.rand == nil {
		p.rand = rand.Reader
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	if p.keys == nil {
		p.keys = NewKeys()
	}
	p.decoy = p.random(32)
	if err := p.load(c.Template, c.UserPool); err != nil {
		return nil, fmt.Errorf("user pool: %w", err)
	}
	p.issuer = p.baseURL + "/" + p.settings.id
	return p, nil
}

// ID is the pool's ID, such as us-east-1_Ab3dE5gH9. It stays the same from start to start.
func (p *Pool) ID() string { return p.settings.id }

// ARN is the pool's ARN, which the API's authorizer names.
func (p *Pool) ARN() string { return p.settings.arn }

// Issuer is the iss claim of the pool's tokens: the base URL and the pool's ID.
func (p *Pool) Issuer() string { return p.issuer }

// random returns n random bytes. It panics without randomness, as crypto/rand does.
func (p *Pool) random(n int) []byte {
	p.randMu.Lock()
	defer p.randMu.Unlock()
	b := make([]byte, n)
	if _, err := io.ReadFull(p.rand, b); err != nil {
		panic("cognito: no randomness: " + err.Error())
	}
	return b
}

// uuid returns a random UUID (version 4), the form of Cognito's sub, jti and event_id.
func (p *Pool) uuid() string { return formatUUID(p.random(16)) }

func formatUUID(b []byte) string {
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16])
}
