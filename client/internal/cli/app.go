// Package cli is the command line: it reads flags, asks for passwords, shows progress and prints results. Package client
// moves the files.
//
// Only cmd/presigned imports it. The output rules are in output.go, with all functions that print.
package cli

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/session"
	"example.com/presigned/client/settings"
	"example.com/presigned/client/signin"
	"example.com/presigned/client/state"
)

// App is the program, with what it uses of the machine: terminal, environment, folders and clock.
type App struct {
	In       *os.File
	Out, Err io.Writer

	Env       func(string) string
	Dir       string // working directory
	ConfigDir string // of the user, for tokens; empty: there is none
	ConfigErr error  // why there is none
	CacheDir  string // of the user, for interrupted transfers; empty: there is none
	Clock     func() time.Time
}

// Exit codes.
const (
	Done   = 0
	Failed = 1
	Wrong  = 2 // wrong usage
)

// Run runs the command that the arguments name, and returns the exit code.
func (a *App) Run(ctx context.Context, args []string) int {
	out := &checked{Writer: a.Out}
	o := &options{app: a, flags: map[string]*string{}, out: &output{out: out, err: a.Err}}
	root := o.root()
	root.SetArgs(args)
	root.SetIn(a.In)
	root.SetOut(out)
	root.SetErr(a.Err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		err = out.err
	}
	if err == nil {
		return Done
	}
	if ctx.Err() != nil {
		err = interrupted(err)
	}
	o.out.printError(err, o.hint(err))
	if _, ok := errors.AsType[*usageError](err); ok {
		return Wrong
	}
	return Failed
}

// options has the flags that all commands share, and their output. Each command is a method of it.
type options struct {
	app   *App
	out   *output
	flags map[string]*string // settings by flag

	outputs, stack string
	parallel       int
	tries          int
	verbose        bool
	unattended     bool // do not ask for a password

	journals *state.Store // of uploads, by connect; nil: there is no folder for them
}

// usageError is a wrong call.
type usageError struct{ err error }

func (u *usageError) Error() string { return u.err.Error() }
func (u *usageError) Unwrap() error { return u.err }

// someOf requires one argument or more.
func someOf(name string) cobra.PositionalArgs {
	return wrongUsage(func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return fmt.Errorf("no %s given: want one or more", name)
		}
		return nil
	})
}

// wrongUsage makes cobra's checks of arguments usage errors.
func wrongUsage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return &usageError{err}
		}
		return nil
	}
}

// stackAndSession finds the stack, and returns it with its user pool and the stored session.
func (o *options) stackAndSession() (s settings.Settings, pool *signin.Client, stored *session.Session, err error) {
	given := map[string]string{}
	for name, value := range o.flags {
		given[name] = *value
	}
	s, err = settings.Load(settings.Source{
		Flags: given, Outputs: o.outputs, Stack: o.stack, Env: o.app.Env, Dir: o.app.Dir, Known: o.knownStacks,
	})
	if err != nil {
		return s, nil, nil, err
	}
	if o.app.ConfigDir == "" {
		return s, nil, nil, fmt.Errorf("nowhere to keep a sign-in: %w", o.app.ConfigErr)
	}
	if err := localRunAnswers(s); err != nil {
		return s, nil, nil, err
	}
	h, err := o.httpClient(1)
	if err != nil {
		return s, nil, nil, err
	}
	pool, err = signin.New(signin.Config{
		Region: s.Region, UserPoolID: s.UserPoolID, AppClientID: s.AppClientID, Endpoint: s.CognitoURL, HTTPClient: h, Clock: o.app.Clock,
	})
	return s, pool, session.New(o.configStore(), s.Name(), pool, o.app.Clock), err
}

var errNoAnswer = errors.New("does not answer")

// localRunAnswers connects to the local run, because its settings remain when it has ended. A deployed stack is not
// asked: if it does not answer, trying again may help.
func localRunAnswers(s settings.Settings) error {
	u, err := url.Parse(s.UploadURL)
	if err != nil || !s.Local() || u.Port() == "" {
		return nil
	}
	conn, err := net.DialTimeout("tcp", u.Host, time.Second)
	if err != nil {
		return fmt.Errorf("the stack at %s %w (settings from %s)", u.Host, errNoAnswer, cmp.Or(s.File, "flags and environment"))
	}
	return conn.Close()
}

// caEnv names a file of certificates to trust besides the system's, as for AWS's own tools. A proxy that decrypts
// connections needs one.
const caEnv = "AWS_CA_BUNDLE"

func (o *options) httpClient(parallel int) (*http.Client, error) {
	h := client.NewHTTPClient(parallel)
	file := o.app.Env(caEnv)
	if file == "" {
		return h, nil
	}
	certificates, err := os.ReadFile(file) //nolint:gosec // the file that the user named
	if err != nil {
		return nil, fmt.Errorf("%s: %w", caEnv, err)
	}
	trusted, err := x509.SystemCertPool()
	if err != nil {
		return nil, err
	}
	if !trusted.AppendCertsFromPEM(certificates) {
		return nil, fmt.Errorf("%s: %q: want certificates in PEM", caEnv, file)
	}
	h.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: trusted}
	return h, nil
}

// connect returns a client of the stack for the signed-in user. Without a sign-in it asks for the password, if there is
// a terminal.
func (o *options) connect(ctx context.Context, adjust func(*client.Config)) (*client.Client, error) {
	o.parallel = cmp.Or(o.parallel, client.DefaultParallel) // batch needs the number
	cfg := client.Config{Parallel: o.parallel, Tries: o.tries, Clock: o.app.Clock, Notice: o.out.note}
	if adjust != nil {
		adjust(&cfg)
	}
	if err := cfg.CheckBounds(); err != nil {
		return nil, &usageError{err}
	}
	s, pool, stored, err := o.stackAndSession()
	if err != nil {
		return nil, err
	}
	token, err := o.signedIn(ctx, pool, stored)
	if err != nil {
		return nil, err
	}
	who, err := session.ReadClaims(token)
	if err != nil {
		return nil, err
	}
	cfg.UploadURL, cfg.DownloadURL, cfg.DeleteURL = s.UploadURL, s.DownloadURL, s.DeleteURL
	cfg.Token, cfg.Refresh = stored.Token, stored.Refresh
	if cfg.HTTPClient, err = o.httpClient(o.parallel); err != nil {
		return nil, err
	}
	if o.app.CacheDir != "" {
		store := func(kind string) *state.Store {
			return state.New(filepath.Join(o.app.CacheDir, "presigned", kind)).In(s.Name() + "/" + cmp.Or(who.Username, who.ClientID))
		}
		cfg.Uploads, cfg.Downloads, o.journals = store("uploads"), store("downloads"), store("journals")
	}
	return client.New(cfg)
}

// summary prints how many requests went to the API, with --verbose.
func (o *options) summary(c *client.Client) {
	if o.verbose {
		o.out.line("", fmt.Sprintf("%d API requests", c.Requests()))
	}
}

// signedIn returns an access token, after asking for the password if there is a person to ask.
func (o *options) signedIn(ctx context.Context, pool *signin.Client, stored *session.Session) (string, error) {
	token, err := stored.Token(ctx)
	if o.unattended || !errors.Is(err, session.ErrSignedOut) && !errors.Is(err, session.ErrEnded) {
		return token, err
	}
	ask, noTerminal := openTerminal(o.app)
	if noTerminal != nil {
		return "", err
	}
	if _, err := o.signIn(ctx, pool, stored, ask, ""); err != nil {
		return "", err
	}
	return stored.Token(ctx)
}
