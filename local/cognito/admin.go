package cognito

// UserOptions are what an administrator may say of a new user.
type UserOptions struct {
	// Attributes such as email or email_verified ("true").
	Attributes map[string]string
	// Groups that the user is in, which tokens carry as cognito:groups.
	Groups []string
	// Temporary marks the password as one that the first sign-in must replace.
	Temporary bool
}

// AddUser creates a user as an administrator does, with a password that the pool's policy accepts. It returns the
// user's sub.
func (p *Pool) AddUser(username, password string, o UserOptions) (sub string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u, err := p.newUser(username, password, confirmed, o.Attributes)
	if err != nil {
		return "", err
	}
	u.groups = o.Groups
	if o.Temporary {
		u.status, u.temporaryUntil = forceChange, p.clock().Add(p.settings.password.temporary)
	}
	return u.sub, nil
}

// SetPassword replaces a user's password; unless it is permanent, the next sign-in must replace it again.
func (p *Pool) SetPassword(username, password string, permanent bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[p.key(username)]
	if u == nil {
		return errUserNotFound()
	}
	if err := p.changePassword(u, password); err != nil {
		return err
	}
	if !permanent {
		u.status, u.temporaryUntil = forceChange, p.clock().Add(p.settings.password.temporary)
	}
	return nil
}

// SetEnabled lets a user sign in again, or no longer. Disabling revokes the user's tokens, as on AWS.
func (p *Pool) SetEnabled(username string, enabled bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[p.key(username)]
	if u == nil {
		return errUserNotFound()
	}
	u.disabled, u.modified = !enabled, p.clock()
	if u.disabled {
		p.signOut(u)
	}
	return nil
}

// DeleteUser removes a user. API Gateway goes on accepting the user's access tokens until they expire, as on AWS.
func (p *Pool) DeleteUser(username string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[p.key(username)]
	if u == nil {
		return errUserNotFound()
	}
	p.deleteUser(u)
	return nil
}

func (p *Pool) deleteUser(u *user) {
	p.signOut(u)
	delete(p.users, u.username)
}

// SignOut revokes all tokens of a user, as AdminUserGlobalSignOut does.
func (p *Pool) SignOut(username string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[p.key(username)]
	if u == nil {
		return errUserNotFound()
	}
	p.signOut(u)
	return nil
}
