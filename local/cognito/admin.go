package cognito

// adminOperations act on the user that the request names, who is nil for AdminCreateUser. The request must be signed with the
// administrator's credentials.
func adminOperations() map[string]func(*Pool, *user, input) (any, error) {
	return map[string]func(*Pool, *user, input) (any, error){
		"AdminCreateUser": func(p *Pool, _ *user, in input) (any, error) {
			if in.TemporaryPassword == "" {
				return nil, fail("InvalidParameterException", "TemporaryPassword is required: the local run sends no e-mail")
			}
			u, err := p.add(in.Username, in.TemporaryPassword, true)
			if err != nil {
				return nil, err
			}
			return map[string]any{"User": shown(u)}, nil
		},
		"AdminGetUser": func(_ *Pool, u *user, _ input) (any, error) { return shown(u), nil },
		"AdminSetUserPassword": func(p *Pool, u *user, in input) (any, error) {
			err := p.changePassword(u, in.Password)
			u.temporary = u.temporary || err == nil && !in.Permanent
			return struct{}{}, err
		},
		"AdminUserGlobalSignOut": (*Pool).globalSignOut,
		"AdminDeleteUser": func(p *Pool, u *user, in input) (any, error) {
			delete(p.users, u.username)
			return p.globalSignOut(u, in)
		},
	}
}

// shown is how these operations show a user.
func shown(u *user) any {
	status := "CONFIRMED"
	if u.temporary {
		status = "FORCE_CHANGE_PASSWORD"
	}
	return map[string]any{"Username": u.username, "Enabled": true, "UserStatus": status}
}
