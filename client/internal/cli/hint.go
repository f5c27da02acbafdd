package cli

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"syscall"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/session"
	"example.com/presigned/client/settings"
	"example.com/presigned/client/signin"
	"example.com/presigned/client/state"
)

// hint says what the user can do about an error. It may be empty.
func (o *options) hint(err error) string {
	if unknown, ok := errors.AsType[*unknownCommand](err); ok && len(unknown.alike) > 0 {
		return fmt.Sprintf("did you mean \"presigned %s\"?", strings.Join(unknown.alike, "\" or \"presigned "))
	}
	if r, ok := errors.AsType[*client.Resumable](err); ok {
		return fmt.Sprintf("the same command continues it; \"presigned upload --abort %s\" aborts it", quoted(r.Name))
	}
	if several, ok := errors.AsType[*ambiguous](err); ok {
		return fmt.Sprintf("\"presigned list %s\" shows them: name one by its key", quoted(several.name))
	}
	for _, rule := range hints {
		if rule.applies(err) {
			return rule.hint
		}
	}
	return ""
}

type hintRule struct {
	applies func(error) bool
	hint    string
}

// hints are the rules for all other errors. The first rule that applies gives the hint.
var hints = []hintRule{
	{as(func(*usageError) bool { return true }), `"presigned --help" and "presigned COMMAND --help" show how to call it`},
	{is(errOutput), ""}, // no hint: a later one could say to run the command again, which would transfer everything again

	{as((*client.Broken).UnknownHost), "no server has this name: is the stack's URL right, and does it still exist? A proxy or VPN may be missing"},
	{as(func(*tls.CertificateVerificationError) bool { return true }), caEnv + " names a file of certificates to trust, such as those of your organization's proxy"},
	{client.ProxyRefused, "the proxy asks for a password: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT gives it"},

	{is(session.ErrSignedOut, session.ErrEnded, errNoTerminal), `"presigned login" signs in; without a terminal, "presigned login USERNAME --password-stdin"`},
	{as(func(r *client.Refusal) bool { return r.Status == 401 }), `"presigned login" signs in again; check that the settings are of the stack that you signed in to`},
	{userPool("NotAuthorizedException"), "check username and password; a user made by an administrator begins with the temporary password"},
	{userPool("PasswordResetRequiredException"), "an administrator has reset the password: choose a new one with the code that Cognito sent"},

	{is(errNoAnswer), `"make run" starts the local run; --stack or "presigned login --outputs FILE" chooses another stack`},
	{is(settings.ErrNone), `"make run" starts the local run; for a deployed stack "presigned login --outputs FILE" remembers it`},
	{is(client.ErrNoDownloads), `the stage option "downloads" turns them on`},
	{is(client.ErrNoDeletion), `the stage option "deletion" turns it on`},
	{is(client.ErrNoMultipart), `the stage option "multipart" turns them on`},
	{as(func(r *client.Refusal) bool { return r.Code == "OperationNotEnabled" }), "the stage's options say which operations the stack offers"},
	{as(func(r *client.Refusal) bool { return r.Code == "ContentTypeNotAllowed" }), "--content-type names another one"},

	{is(client.ErrChanged), "upload a copy that does not change"},
	{is(fs.ErrExist), "--force replaces it; --output names another file"},
	{is(client.ErrCorrupt), "a download to a file keeps nothing of it; if the object was uploaded in parts of an unusual size, --part-bytes gives it"},
	{is(state.ErrBusy), "wait until the other process ends, or stop it"},
	{is(syscall.ENOSPC), "free disk space, then run the same command: it continues"},
	{is(syscall.EMFILE), `raise the limit of open files with "ulimit -n 1024", then run the same command`},
	{is(client.ErrUnsure, client.ErrNoObject, errNoMatch), `"presigned list" shows the objects that there are`},

	{as((*client.Refusal).Expired), "S3 found every URL expired: the clock of the machine that signs them may be slow"},
	{as(func(r *client.Refusal) bool { return r.Status >= 500 || r.Status == 429 }), "the server is busy or has failed: try again in a while"},
	{as(func(*client.Broken) bool { return true }), "is the network up? The same command tries again"},
}

func is(targets ...error) func(error) bool {
	return func(err error) bool {
		return slices.ContainsFunc(targets, func(target error) bool { return errors.Is(err, target) })
	}
}

func as[E error](applies func(E) bool) func(error) bool {
	return func(err error) bool {
		e, ok := errors.AsType[E](err)
		return ok && applies(e)
	}
}

func userPool(code string) func(error) bool {
	return as(func(e *signin.Error) bool { return e.Code == code })
}

// errInterrupted is the error after Ctrl-C.
var errInterrupted = errors.New("interrupted")

// interrupted replaces the errors that Ctrl-C has caused. For a resumable upload it replaces only the cause.
func interrupted(err error) error {
	if r, ok := errors.AsType[*client.Resumable](err); ok {
		replaced := *r
		replaced.Err = errInterrupted
		return &replaced
	}
	return errInterrupted
}

// quoted is a file's name, quoted for a shell if it has to be.
func quoted(name string) string {
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-") == "" {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}
