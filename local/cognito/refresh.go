package cognito

// refreshed exchanges a refresh token for new tokens. The caller holds the lock.
func (p *Pool) refreshed(c *client, token string) (*authResult, error) {
	now := p.clock()
	g, ok := p.grants.get(token, now)
	switch {
	case !ok || g.client != c:
		return nil, fail("NotAuthorizedException", "Invalid Refresh Token")
	case g.revoked:
		return nil, fail("NotAuthorizedException", "Refresh Token has been revoked")
	case !now.Before(g.expires):
		return nil, fail("NotAuthorizedException", "Refresh Token has expired")
	case g.user.disabled:
		return nil, fail("NotAuthorizedException", "User is disabled.")
	case token != g.current && now.After(g.replaced.Add(c.rotationGrace)):
		g.revoked = true // somebody has a copy: nobody may go on with either
		return nil, fail("RefreshTokenReuseException", "Refresh token has been invalidated")
	}
	result, err := p.tokens(g)
	if err != nil || !c.rotation {
		return result, err
	}
	if token == g.current {
		g.replaced = now
		p.giveRefreshToken(g)
	}
	result.RefreshToken = g.current
	return result, nil
}

type getTokensInput struct {
	RefreshToken, ClientId, ClientSecret string
}

// getTokensFromRefreshToken is the operation that works with and without rotation.
func (p *Pool) getTokensFromRefreshToken(in getTokensInput) (any, error) {
	c, err := p.client(in.ClientId)
	if err != nil {
		return nil, err
	}
	if c.secret != "" && !equal(c.secret, in.ClientSecret) {
		return nil, fail("NotAuthorizedException", "Unable to verify secret for client %s", c.id)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	result, err := p.refreshed(c, in.RefreshToken)
	if err != nil {
		return nil, err
	}
	return authResponse{AuthenticationResult: result}, nil
}

type revokeInput struct {
	Token, ClientId, ClientSecret string
}

// revokeToken ends the sign-in of a refresh token: its access tokens are refused by Cognito from now on.
func (p *Pool) revokeToken(in revokeInput) (any, error) {
	c := p.clients[in.ClientId]
	switch {
	case in.Token == "":
		return nil, errMissing("Token")
	case c == nil || !equal(c.secret, in.ClientSecret):
		return nil, fail("UnauthorizedException", "Invalid client")
	case !c.revocation:
		return nil, fail("UnsupportedOperationException", "Token revocation is not enabled for this client")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return struct{}{}, p.revoke(c, in.Token)
}

// revoke does not say whether there was such a token (RFC 7009, 2.2).
func (p *Pool) revoke(c *client, token string) error {
	g, ok := p.grants.get(token, p.clock())
	if !ok {
		if _, err := p.Verifier().Verify(token); err == nil {
			return fail("UnsupportedTokenTypeException", "Only refresh tokens can be revoked")
		}
		return nil
	}
	if g.client != c {
		return fail("UnauthorizedException", "Token was not issued to this client")
	}
	g.revoked = true
	return nil
}
