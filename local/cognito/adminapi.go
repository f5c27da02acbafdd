package cognito

// The operations of administrators over HTTP. Those of the Go API (admin.go) do the work.

func (p *Pool) adminOperations() map[string]operation {
	return map[string]operation{
		"AdminCreateUser":        as(p.adminCreateUser),
		"AdminDeleteUser":        as(onUser(p, p.DeleteUser)),
		"AdminDisableUser":       as(onUser(p, func(name string) error { return p.SetEnabled(name, false) })),
		"AdminEnableUser":        as(onUser(p, func(name string) error { return p.SetEnabled(name, true) })),
		"AdminGetUser":           as(p.adminGetUser),
		"AdminSetUserPassword":   as(p.adminSetUserPassword),
		"AdminUserGlobalSignOut": as(onUser(p, p.SignOut)),
	}
}

type adminUserInput struct{ UserPoolId, Username string }

// onUser makes an operation of what takes a username and answers nothing.
func onUser(p *Pool, do func(username string) error) func(adminUserInput) (any, error) {
	return func(in adminUserInput) (any, error) {
		if err := p.checkPool(in.UserPoolId); err != nil {
			return nil, err
		}
		return struct{}{}, do(in.Username)
	}
}

func (p *Pool) checkPool(id string) error {
	if id != p.settings.id {
		return fail("ResourceNotFoundException", "User pool %s does not exist.", id)
	}
	return nil
}

type adminCreateInput struct {
	UserPoolId, Username, TemporaryPassword, MessageAction string
	UserAttributes                                         []attribute
}

// adminUser is how the administrators' operations show a user.
type adminUser struct {
	Username             string
	Attributes           []attribute `json:",omitempty"`
	UserAttributes       []attribute `json:",omitempty"`
	Enabled              bool
	UserStatus           string
	UserCreateDate       float64
	UserLastModifiedDate float64
}

// adminCreateUser writes a password that it made up to the local log: Cognito sends it by e-mail.
func (p *Pool) adminCreateUser(in adminCreateInput) (any, error) {
	if err := p.checkPool(in.UserPoolId); err != nil {
		return nil, err
	}
	password := in.TemporaryPassword
	if password == "" {
		password = p.madeUpPassword()
	}
	attributes := map[string]string{}
	for _, a := range in.UserAttributes {
		attributes[a.Name] = a.Value
	}
	if _, err := p.AddUser(in.Username, password, UserOptions{Attributes: attributes, Temporary: true}); err != nil {
		return nil, err
	}
	if in.TemporaryPassword == "" && in.MessageAction != "SUPPRESS" {
		p.log.Info("password that Cognito would send by e-mail", "username", in.Username, "password", password)
	}
	u, err := p.shown(in.Username)
	u.Attributes, u.UserAttributes = u.UserAttributes, nil
	return map[string]adminUser{"User": u}, err
}

// madeUpPassword has every kind of character and as many as any policy can ask for to start with.
func (p *Pool) madeUpPassword() string {
	letters := make([]byte, max(p.settings.password.minimum, 16))
	for i, b := range p.random(len(letters)) {
		letters[i] = mixedCase[int(b)%len(mixedCase)]
	}
	return string(letters[:len(letters)-4]) + "aA1!"
}

func (p *Pool) adminGetUser(in adminUserInput) (any, error) {
	if err := p.checkPool(in.UserPoolId); err != nil {
		return nil, err
	}
	return p.shown(in.Username)
}

func (p *Pool) shown(username string) (adminUser, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[p.key(username)]
	if u == nil {
		return adminUser{}, errUserNotFound()
	}
	return adminUser{
		Username: u.username, UserAttributes: attributeList(u, u.attributes), Enabled: !u.disabled, UserStatus: u.status,
		UserCreateDate: float64(u.created.Unix()), UserLastModifiedDate: float64(u.modified.Unix()),
	}, nil
}

type adminPasswordInput struct {
	UserPoolId, Username, Password string
	Permanent                      bool
}

func (p *Pool) adminSetUserPassword(in adminPasswordInput) (any, error) {
	if err := p.checkPool(in.UserPoolId); err != nil {
		return nil, err
	}
	return struct{}{}, p.SetPassword(in.Username, in.Password, in.Permanent)
}
