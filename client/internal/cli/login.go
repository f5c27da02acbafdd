package cli

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/presigned/client/internal/session"
	"example.com/presigned/client/settings"
	"example.com/presigned/client/signin"
	"example.com/presigned/client/state"
)

// usernameEnv is the environment variable with the username. There is none for the password, because other programs can read the environment.
const usernameEnv = "PRESIGNED_USERNAME"

const loginHelp = `Sign in with a username and password; the password never leaves this machine (SRP).

The password is asked for without echo. With --password-stdin it is the first line of standard
input; what the user pool then asks for (a new password, the code of the authenticator app) is read
from the next lines.

Later commands use the same stack, in any folder. After sign-ins to several stacks, they use
the last one, or the one that --stack names.`

func (o *options) login() *cobra.Command {
	var fromStdin bool
	c := &cobra.Command{
		Use:   "login [USERNAME]",
		Short: "Sign in",
		Long:  loginHelp,
		Args:  wrongUsage(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			username := ""
			if len(args) == 1 {
				username = args[0]
			}
			return o.runLogin(c.Context(), username, fromStdin)
		},
	}
	c.Flags().BoolVar(&fromStdin, "password-stdin", false, "read the password from standard input")
	return c
}

func (o *options) runLogin(ctx context.Context, username string, fromStdin bool) error {
	s, pool, stored, err := o.stackAndSession()
	if err != nil {
		return err
	}
	ask := answers{asker: lines{bufio.NewReader(o.app.In)}}
	if !fromStdin {
		if ask, err = openTerminal(o.app); err != nil {
			return err
		}
	}
	username, err = o.signIn(ctx, pool, stored, ask, username)
	if err != nil {
		return err
	}
	if err := o.rememberStack(ctx, s); err != nil {
		return err
	}
	return o.out.answer(username, map[string]any{"username": username, "userPoolId": s.UserPoolID, "appClientId": s.AppClientID})
}

// signIn asks for what is missing, signs in and stores the tokens. It returns the name as the user pool spells it.
func (o *options) signIn(ctx context.Context, pool *signin.Client, stored *session.Session, ask answers, username string) (string, error) {
	username = cmp.Or(username, o.app.Env(usernameEnv))
	if username == "" {
		var err error
		if username, err = ask.ask(ctx, "Username: ", false); err != nil {
			return "", err
		}
	}
	username = strings.TrimSpace(username) // a copied name often ends in a space, and no username has one
	password, err := ask.ask(ctx, fmt.Sprintf("Password of %s: ", username), true)
	if err != nil {
		return "", err
	}
	tokens, err := pool.SignIn(ctx, username, password, ask)
	if err != nil {
		return "", err
	}
	if err := stored.Keep(ctx, tokens); err != nil {
		return "", err
	}
	claims, err := session.ReadClaims(tokens.AccessToken)
	return claims.Username, err
}

func (o *options) logout() *cobra.Command {
	var everywhere bool
	c := &cobra.Command{
		Use:   "logout",
		Short: "Sign out",
		Long:  "Sign out: revoke the tokens at the user pool and remove them from this machine.",
		Args:  wrongUsage(cobra.NoArgs),
		RunE:  func(c *cobra.Command, _ []string) error { return o.runLogout(c.Context(), everywhere) },
	}
	c.Flags().BoolVar(&everywhere, "everywhere", false, "end the user's sign-ins on all machines")
	return c
}

func (o *options) runLogout(ctx context.Context, everywhere bool) error {
	_, pool, stored, err := o.stackAndSession()
	if err != nil {
		return err
	}
	if everywhere {
		token, err := stored.Token(ctx)
		if err == nil {
			err = pool.SignOutEverywhere(ctx, token)
		}
		if err != nil {
			return err
		}
	}
	tokens, err := stored.Forget(ctx)
	if err != nil {
		return err
	}
	if !everywhere { // SignOutEverywhere has ended the refresh token too
		if err := pool.Revoke(ctx, tokens.RefreshToken); err != nil {
			return fmt.Errorf("signed out on this machine only: %w", err)
		}
	}
	return o.out.answer("signed out", map[string]any{"signedOut": true})
}

func (o *options) whoami() *cobra.Command {
	return &cobra.Command{
		Use:   "whoami",
		Short: "Print who is signed in",
		Args:  wrongUsage(cobra.NoArgs),
		RunE:  func(c *cobra.Command, _ []string) error { return o.runWhoami(c.Context()) },
	}
}

func (o *options) runWhoami(ctx context.Context) error {
	s, _, stored, err := o.stackAndSession()
	if err != nil {
		return err
	}
	token, err := stored.Token(ctx)
	if err != nil {
		return err
	}
	claims, err := session.ReadClaims(token)
	if err != nil {
		return err
	}
	return o.out.answer(claims.Username, map[string]any{
		"username": claims.Username, "userPoolId": s.UserPoolID, "appClientId": s.AppClientID,
		"scope": claims.Scope, "expiresAt": time.Unix(claims.Expires, 0).UTC(),
	})
}

// stacksTimeout is how long to wait for another process that stores a stack.
const stacksTimeout = 5 * time.Second

// knownStacks reads the stacks of earlier sign-ins.
func (o *options) knownStacks() (known settings.Known, err error) {
	if o.app.ConfigDir == "" {
		return known, nil
	}
	err = o.configStore().With(context.Background(), "stacks", stacksTimeout, func(slot *state.Slot) error {
		_, err := slot.Load(&known)
		return err
	})
	return known, err
}

// rememberStack makes the stack the default of later commands, in any folder.
func (o *options) rememberStack(ctx context.Context, s settings.Settings) error {
	return o.configStore().With(ctx, "stacks", stacksTimeout, func(slot *state.Slot) error {
		var known settings.Known
		if _, err := slot.Load(&known); err != nil {
			return err
		}
		known.Add(s)
		return slot.Save(known)
	})
}

// configStore has the tokens and the stacks.
func (o *options) configStore() *state.Store {
	return state.New(filepath.Join(o.app.ConfigDir, "presigned"))
}
