package cognito

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

func shown(u *user) adminUser {
	status := "CONFIRMED"
	if u.temporary {
		status = "FORCE_CHANGE_PASSWORD"
	}
	return adminUser{u.username, true, status}
}

// adminOperations require a request that is signed with the administrator's credentials.
func (p *Pool) adminOperations() map[string]operation {
	return map[string]operation{
		"AdminCreateUser": as(func(in adminInput) (any, error) {
			if in.TemporaryPassword == "" {
				return nil, fail("InvalidParameterException", "TemporaryPassword is required: the local run sends no e-mail")
			}
			err := p.AddUser(in.Username, in.TemporaryPassword, true)
			return map[string]adminUser{"User": shown(&user{username: key(in.Username), temporary: true})}, err
		}),
		"AdminGetUser": p.onNamedUser(func(u *user, _ adminInput) (any, error) { return shown(u), nil }),
		"AdminSetUserPassword": p.onNamedUser(func(u *user, in adminInput) (any, error) {
			err := p.changePassword(u, in.Password)
			u.temporary = u.temporary || err == nil && !in.Permanent
			return struct{}{}, err
		}),
		"AdminUserGlobalSignOut": p.onNamedUser(func(u *user, _ adminInput) (any, error) { return p.globalSignOut(u, callerInput{}) }),
		"AdminDeleteUser": p.onNamedUser(func(u *user, _ adminInput) (any, error) {
			p.signOut(u)
			delete(p.users, u.username)
			return struct{}{}, nil
		}),
	}
}

func (p *Pool) onNamedUser(do func(*user, adminInput) (any, error)) operation {
	return as(func(in adminInput) (any, error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		u := p.users[key(in.Username)]
		if u == nil {
			return nil, fail("UserNotFoundException", "User does not exist.")
		}
		return do(u, in)
	})
}
