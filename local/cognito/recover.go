package cognito

// forgotPassword sends a code to a verified address. Who has none cannot recover, and must not be told apart.
func (p *Pool) forgotPassword(in usernameInput) (any, error) {
	c, err := p.forUser(in.ClientId, in.SecretHash, in.Username)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[p.key(in.Username)]
	reachable := u != nil && !u.disabled && u.attributes["email"] != "" && u.attributes["email_verified"] == "true"
	switch {
	case reachable:
		return codeSent(p.sendCode(u, recoverCode)), nil
	case c.hideUsers:
		return p.simulatedDelivery(in.Username)
	case u == nil:
		return nil, fail("UserNotFoundException", "Username/client id combination not found.")
	case u.disabled:
		return nil, fail("NotAuthorizedException", "User is disabled.")
	}
	return nil, fail("InvalidParameterException", "Cannot reset password for the user as there is no registered/verified email or phone_number")
}

// simulatedDelivery looks like a code on its way to an address that only the server could know.
func (p *Pool) simulatedDelivery(username string) (any, error) {
	id, _, err := p.simulated(username)
	if err != nil {
		return nil, err
	}
	return codeSent(delivery(id[:1] + "@" + id[1:2])), nil
}

type confirmForgotInput struct{ ClientId, SecretHash, Username, ConfirmationCode, Password string }

func (p *Pool) confirmForgotPassword(in confirmForgotInput) (any, error) {
	c, err := p.forUser(in.ClientId, in.SecretHash, in.Username)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[p.key(in.Username)]
	switch {
	case (u == nil || u.disabled) && c.hideUsers:
		return nil, errWrongCode()
	case u == nil:
		return nil, fail("UserNotFoundException", "Username/client id combination not found.")
	}
	if err := p.settings.password.check(in.Password); err != nil { // before the code is used up
		return nil, err
	}
	if err := p.checkCode(u, recoverCode, in.ConfirmationCode); err != nil {
		return nil, err
	}
	if err := p.changePassword(u, in.Password); err != nil {
		return nil, err
	}
	p.attempts.take(u.username, p.clock())
	return struct{}{}, nil
}
