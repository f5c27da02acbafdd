package cognito

import (
	"maps"
	"slices"
	"strings"
)

// The operations that signed-in users perform on their own account, with their access token.

type tokenInput struct{ AccessToken string }

type attribute struct{ Name, Value string }

type getUserOutput struct {
	Username            string
	UserAttributes      []attribute
	PreferredMfaSetting string   `json:",omitempty"`
	UserMFASettingList  []string `json:",omitempty"`
}

func (p *Pool) getUser(in tokenInput) (any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, err := p.caller(in.AccessToken)
	if err != nil {
		return nil, err
	}
	out := getUserOutput{Username: g.user.username, UserAttributes: attributeList(g.user, g.client.readable(g.user))}
	if g.user.totp.enabled {
		out.UserMFASettingList = []string{"SOFTWARE_TOKEN_MFA"}
	}
	if g.user.totp.preferred {
		out.PreferredMfaSetting = "SOFTWARE_TOKEN_MFA"
	}
	return out, nil
}

func (p *Pool) globalSignOut(in tokenInput) (any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, err := p.caller(in.AccessToken)
	if err != nil {
		return nil, err
	}
	p.signOut(g.user)
	return struct{}{}, nil
}

func (p *Pool) deleteOwnUser(in tokenInput) (any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, err := p.caller(in.AccessToken)
	if err != nil {
		return nil, err
	}
	p.deleteUser(g.user)
	return struct{}{}, nil
}

type changePasswordInput struct{ AccessToken, PreviousPassword, ProposedPassword string }

func (p *Pool) changeOwnPassword(in changePasswordInput) (any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, err := p.caller(in.AccessToken)
	if err != nil {
		return nil, err
	}
	if in.ProposedPassword == "" {
		return nil, errMissing("ProposedPassword")
	}
	if err := p.checkLockout(g.user.username); err != nil {
		return nil, fail("LimitExceededException", "Attempt limit exceeded, please try after some time.")
	}
	if !g.user.credential.matches(p.settings.name(), g.user.username, in.PreviousPassword) {
		p.failed(g.user.username)
		return nil, errBadCredentials()
	}
	return struct{}{}, p.changePassword(g.user, in.ProposedPassword)
}

// attributeMap reads attributes that users give: those that only the pool may set are refused, and those that the app
// client may not write.
func (c *client) attributeMap(list []attribute) (map[string]string, error) {
	m := map[string]string{}
	for _, a := range list {
		own := a.Name == "sub" || strings.HasSuffix(a.Name, "_verified") || strings.HasPrefix(a.Name, "cognito:")
		if own || c.writable != nil && !slices.Contains(c.writable, a.Name) {
			return nil, fail("NotAuthorizedException", "A client attempted to write unauthorized attribute")
		}
		m[a.Name] = a.Value
	}
	return m, nil
}

// readable are a user's attributes that the app client may read: those that its ID tokens and GetUser show.
func (c *client) readable(u *user) map[string]string {
	shown := maps.Clone(u.attributes)
	maps.DeleteFunc(shown, func(name, _ string) bool { return c.readAttributes != nil && !slices.Contains(c.readAttributes, name) })
	return shown
}

// attributeList is attributes as the API lists them, sub first.
func attributeList(u *user, attributes map[string]string) []attribute {
	list := []attribute{{"sub", u.sub}}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		list = append(list, attribute{name, attributes[name]})
	}
	return list
}
