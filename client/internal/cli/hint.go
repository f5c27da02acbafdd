package cli

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/session"
	"example.com/presigned/client/settings"
	"example.com/presigned/client/signin"
	"example.com/presigned/client/state"
)

// hint says what to do about an error; empty where nothing is known. The first rule that fits counts.
func (o *options) hint(err error) string {
	var usage *usageError
	var unknown *unknownCommand
	if errors.As(err, &unknown) && len(unknown.alike) > 0 {
		return fmt.Sprintf("did you mean \"presigned %s\"?", strings.Join(unknown.alike, "\" or \"presigned "))
	}
	if errors.As(err, &usage) {
		return `"presigned --help" and "presigned COMMAND --help" show how to call it`
	}
	if errors.Is(err, errOutput) {
		return "" // the same command would store or fetch everything again
	}
	for _, try := range []func(error) string{o.resumeHint, networkHint, o.signInHint, o.stackHint, fileHint, laterHint} {
		if hint := try(err); hint != "" {
			return hint
		}
	}
	return ""
}

// errInterrupted is what Ctrl-C comes to.
var errInterrupted = errors.New("interrupted")

// interrupted gives an error that the person's own Ctrl-C has caused a plain name. What a resumable
// upload says of itself stays.
func interrupted(err error) error {
	var kept *client.Resumable
	if errors.As(err, &kept) {
		said := *kept
		said.Err = errInterrupted
		return &said
	}
	return errInterrupted
}

func (o *options) resumeHint(err error) string {
	var kept *client.Resumable
	if errors.As(err, &kept) {
		return fmt.Sprintf("the same command continues it; \"presigned upload --abort %s\" drops it", quoted(kept.Path))
	}
	return ""
}

// quoted is a file's name as a shell takes it.
func quoted(name string) string {
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-") == "" {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

// networkHint is for what stands between this machine and AWS.
func networkHint(err error) string {
	var certificate *tls.CertificateVerificationError
	var broken *client.Broken
	switch {
	case errors.As(err, &broken) && broken.UnknownHost():
		return "no server has this name: is the stack's URL right, and does it still exist? A proxy or VPN may be missing"
	case errors.As(err, &certificate):
		return caEnv + " names a file of certificates to trust, such as those of your organization's proxy"
	case client.ProxyRefused(err):
		return "the proxy asks for a password: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT gives it"
	}
	return ""
}

func (o *options) signInHint(err error) string {
	var refused *signin.Error
	var problem *client.Problem
	switch {
	case errors.Is(err, session.ErrSignedOut), errors.Is(err, session.ErrEnded), errors.Is(err, errNoTerminal):
		return `"presigned login" signs in; without a terminal, "presigned login USERNAME --password-stdin"`
	case errors.As(err, &problem) && problem.Status == 401:
		return `"presigned login" signs in again; are the settings those of the stack that you signed in to?`
	case errors.As(err, &refused) && refused.Code == "NotAuthorizedException":
		return "check username and password; a user made by an administrator begins with the temporary password"
	case errors.As(err, &refused) && refused.Code == "PasswordResetRequiredException":
		return "an administrator has reset the password: choose a new one with the code that was sent"
	}
	return ""
}

func (o *options) stackHint(err error) string {
	var problem *client.Problem
	var broken *client.Broken
	switch {
	case errors.Is(err, settings.ErrNone):
		return `"make run" starts the local run; for a deployed stack "presigned login --outputs FILE" remembers it`
	case errors.As(err, &broken) && o.loaded.Local() && errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("the settings are the local run's (%s): is it up? \"make run\" starts it", o.loaded.File)
	case errors.Is(err, client.ErrNoDownloads):
		return `the stage option "downloads" turns them on`
	case errors.Is(err, client.ErrNoDeletion):
		return `the stage option "deletion" turns it on`
	case errors.Is(err, client.ErrNoMultipart):
		return `the stage option "multipart" turns them on`
	case errors.As(err, &problem) && problem.Code == "OperationNotEnabled":
		return "the stage's options say which operations the stack offers"
	case errors.As(err, &problem) && problem.Code == "ContentTypeNotAllowed":
		return "--content-type names another one"
	}
	return ""
}

func fileHint(err error) string {
	var several *ambiguous
	switch {
	case errors.As(err, &several):
		return fmt.Sprintf("\"presigned list %s\" shows them: name one by its key", quoted(several.name))
	case errors.Is(err, client.ErrChanged):
		return "upload a copy that nobody writes to"
	case errors.Is(err, fs.ErrExist):
		return "--force replaces it; --output names another file"
	case errors.Is(err, client.ErrCorrupt):
		return "no file was kept; if the parts it was uploaded in have an unusual size, --part-bytes names it"
	case errors.Is(err, state.ErrBusy):
		return "wait for the other one to end, or stop it"
	case errors.Is(err, syscall.ENOSPC):
		return "make room; the same command continues"
	case errors.Is(err, client.ErrUnsure), errors.Is(err, client.ErrNoObject), errors.Is(err, errNoMatch):
		return `"presigned list" shows the objects that there are`
	}
	return ""
}

// laterHint is for what every attempt met, and may be over later.
func laterHint(err error) string {
	var broken *client.Broken
	var refused *client.Refusal
	var problem *client.Problem
	switch {
	case errors.As(err, &refused) && refused.Expired():
		return "S3 found every URL expired: the clock of the machine that signs them may be slow"
	case errors.As(err, &refused) && refused.Status >= 500, errors.As(err, &problem) && (problem.Status >= 500 || problem.Status == 429):
		return "it is busy or has failed: try again in a while"
	case errors.As(err, &broken):
		return "is the network up? The same command tries again"
	}
	return ""
}
