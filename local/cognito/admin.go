package cognito

// UserOptions are what an administrator may say of a new user.
type UserOptions struct {
	// Temporary marks the password as one that the first sign-in must replace.
	Temporary bool
}

// AddUser creates a user as an administrator does, with a password that the pool's policy accepts. It returns the
// user's sub.
func (p *Pool) AddUser(username, password string, o UserOptions) (sub string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u, err := p.newUser(username, password)
	if err != nil {
		return "", err
	}
	if o.Temporary {
		p.makeTemporary(u)
	}
	return u.sub, nil
}

// SignOut revokes all tokens of a user, as AdminUserGlobalSignOut does.
func (p *Pool) SignOut(username string) error {
	return p.onUser(username, p.signOut)
}

func (p *Pool) onUser(username string, do func(*user)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[key(username)]
	if u == nil {
		return fail("UserNotFoundException", "User does not exist.")
	}
	do(u)
	return nil
}

// signOut revokes every sign-in of a user. The caller holds the lock.
func (p *Pool) signOut(u *user) {
	for _, e := range p.grants.entries {
		if e.value.user == u {
			e.value.revoked = true
		}
	}
}

// adminInput is the input of every operation of an administrator.
type adminInput struct {
	UserPoolId, Username, TemporaryPassword, Password string
	Permanent                                         bool
}

// adminUser is how these operations show a user.
type adminUser struct {
	Username   string
	Enabled    bool
	UserStatus string
}

// adminOperations want a request that is signed with the administrator's credentials.
func (p *Pool) adminOperations() map[string]operation {
	return map[string]operation{
		"AdminCreateUser": p.asAdmin(func(in adminInput) (any, error) {
			if in.TemporaryPassword == "" {
				return nil, fail("InvalidParameterException", "TemporaryPassword is required: the local run sends no e-mail")
			}
			if _, err := p.AddUser(in.Username, in.TemporaryPassword, UserOptions{Temporary: true}); err != nil {
				return nil, err
			}
			return map[string]adminUser{"User": {key(in.Username), true, forceChange}}, nil
		}),
		"AdminGetUser": p.asAdmin(func(in adminInput) (any, error) {
			var shown adminUser
			return &shown, p.onUser(in.Username, func(u *user) { shown = adminUser{u.username, !u.disabled, u.status} })
		}),
		"AdminSetUserPassword": p.asAdmin(func(in adminInput) (any, error) {
			var refused error
			err := p.onUser(in.Username, func(u *user) {
				if refused = p.changePassword(u, in.Password); refused == nil && !in.Permanent {
					p.makeTemporary(u)
				}
			})
			if err == nil {
				err = refused
			}
			return struct{}{}, err
		}),
		"AdminUserGlobalSignOut": p.onNamedUser(p.signOut),
		"AdminEnableUser":        p.onNamedUser(func(u *user) { u.disabled = false }),
		"AdminDisableUser": p.onNamedUser(func(u *user) {
			u.disabled = true
			p.signOut(u)
		}),
		// As on AWS, API Gateway accepts the user's access tokens until they expire.
		"AdminDeleteUser": p.onNamedUser(func(u *user) {
			p.signOut(u)
			delete(p.users, u.username)
		}),
	}
}

func (p *Pool) asAdmin(do func(adminInput) (any, error)) operation {
	return as(func(in adminInput) (any, error) {
		if in.UserPoolId != p.id {
			return nil, fail("ResourceNotFoundException", "User pool %s does not exist.", in.UserPoolId)
		}
		return do(in)
	})
}

func (p *Pool) onNamedUser(do func(*user)) operation {
	return p.asAdmin(func(in adminInput) (any, error) { return struct{}{}, p.onUser(in.Username, do) })
}
