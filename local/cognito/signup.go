package cognito

import "slices"

type signUpInput struct {
	ClientId, SecretHash, Username, Password string
	UserAttributes                           []attribute
}

type signUpOutput struct {
	UserConfirmed       bool
	CodeDeliveryDetails *codeDelivery `json:",omitempty"`
	UserSub             string
}

// signUp creates a user who still has to confirm the code in the local log.
func (p *Pool) signUp(in signUpInput) (any, error) {
	c, err := p.forUser(in.ClientId, in.SecretHash, in.Username)
	if err != nil {
		return nil, err
	}
	if p.settings.adminOnly {
		return nil, fail("NotAuthorizedException", "SignUp is not permitted for this user pool")
	}
	if in.Password == "" {
		return nil, errMissing("Password")
	}
	attributes, err := c.attributeMap(in.UserAttributes)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	u, err := p.newUser(in.Username, in.Password, unconfirmed, attributes)
	if err != nil {
		return nil, err
	}
	out := signUpOutput{UserSub: u.sub}
	if slices.Contains(p.settings.autoVerified, "email") && u.attributes["email"] != "" {
		d := p.sendCode(u, signUpCode)
		out.CodeDeliveryDetails = &d
	}
	return out, nil
}

// forUser checks what the operations on a named user have in common.
func (p *Pool) forUser(clientID, secretHash, username string) (*client, error) {
	c, err := p.client(clientID)
	if err != nil {
		return nil, err
	}
	if username == "" {
		return nil, errMissing("Username")
	}
	return c, c.checkSecretHash(secretHash, username)
}

type confirmSignUpInput struct{ ClientId, SecretHash, Username, ConfirmationCode string }

func (p *Pool) confirmSignUp(in confirmSignUpInput) (any, error) {
	c, err := p.forUser(in.ClientId, in.SecretHash, in.Username)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[p.key(in.Username)]
	switch {
	case u == nil && c.hideUsers:
		return nil, errExpiredCode()
	case u == nil:
		return nil, errUserNotFound()
	case u.status != unconfirmed:
		return nil, fail("NotAuthorizedException", "User cannot be confirmed. Current status is %s", u.status)
	}
	if err := p.checkCode(u, signUpCode, in.ConfirmationCode); err != nil {
		return nil, err
	}
	u.status, u.modified = confirmed, p.clock()
	u.attributes["email_verified"] = "true"
	return struct{}{}, nil
}

type usernameInput struct{ ClientId, SecretHash, Username string }

func (p *Pool) resendConfirmationCode(in usernameInput) (any, error) {
	c, err := p.forUser(in.ClientId, in.SecretHash, in.Username)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[p.key(in.Username)]
	switch {
	case u == nil && c.hideUsers:
		return p.simulatedDelivery(in.Username)
	case u == nil:
		return nil, errUserNotFound()
	case u.status != unconfirmed:
		return nil, fail("InvalidParameterException", "User is already confirmed.")
	}
	return codeSent(p.sendCode(u, signUpCode)), nil
}

type codeSentOutput struct{ CodeDeliveryDetails codeDelivery }

func codeSent(d codeDelivery) codeSentOutput { return codeSentOutput{d} }
