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
			if _, err := p.AddUser(in.Username, in.TemporaryPassword, UserOptions{Temporary: true}); err != nil {
				return nil, err
			}
			return map[string]adminUser{"User": shown(&user{username: key(in.Username), temporary: true})}, nil
		}),
		"AdminGetUser": as(func(in adminInput) (out any, err error) {
			err = p.onUser(in.Username, func(u *user) error {
				out = shown(u)
				return nil
			})
			return out, err
		}),
		"AdminSetUserPassword": p.onNamedUser(func(u *user, in adminInput) error {
			err := p.changePassword(u, in.Password)
			u.temporary = u.temporary || err == nil && !in.Permanent
			return err
		}),
		"AdminUserGlobalSignOut": p.onNamedUser(func(u *user, _ adminInput) error {
			p.signOut(u)
			return nil
		}),
		"AdminDeleteUser": p.onNamedUser(func(u *user, _ adminInput) error {
			p.signOut(u)
			delete(p.users, u.username)
			return nil
		}),
	}
}

func (p *Pool) onNamedUser(do func(*user, adminInput) error) operation {
	return as(func(in adminInput) (any, error) {
		return struct{}{}, p.onUser(in.Username, func(u *user) error { return do(u, in) })
	})
}
