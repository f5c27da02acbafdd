// Package leaks looks in what is written, logged or answered for what must be in none of it: tokens, signatures,
// credentials, passwords and presigned URLs. All of them are bearer credentials: who reads one, has it.
//
// Every end-to-end test searches with it. It imports no package of this repository.
package leaks

import (
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/prometheus/procfs"
)

// shapes are the kinds of secret that are known by how they look.
var shapes = []struct {
	looks *regexp.Regexp
	what  string
}{
	// How `{"` begins in base64: access, ID and refresh tokens. The shortest header of one has 20 characters; an ID
	// drawn at random, of which API Gateway's have 16, may have the first three anywhere.
	{regexp.MustCompile("eyJ[A-Za-z0-9_-]{17,}"), "a token"},
	{regexp.MustCompile("X-Amz-Signature="), "a presigned URL"},
	{regexp.MustCompile("X-Amz-Security-Token="), "a session token"},
	{regexp.MustCompile("Signature="), "a signature"},
	{regexp.MustCompile("SECRET_ACCESS_KEY="), "a secret key"},
}

// shortest is how long a secret has to be to be looked for, in bytes: a shorter one would be found anywhere.
const shortest = 8

// Search knows what to look for. The zero value knows the shapes of tokens and signatures. It is safe for concurrent use.
type Search struct {
	mu    sync.Mutex
	known map[string]string // secret: what it is
}

// Know adds secrets to look for. One that a shape covers need not be added.
func (s *Search) Know(what string, secrets ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = map[string]string{}
	}
	for _, secret := range secrets {
		if len(secret) < shortest {
			continue
		}
		s.known[secret] = what
		s.known[url.QueryEscape(secret)] = what
	}
}

// Text searches a text, and returns a sentence for each line with a secret: where it is, what it is, and the line with the
// secret in it cut out, as far as it is known.
func (s *Search) Text(where, text string) (found []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for line := range strings.Lines(text) {
		if what, rest := s.line(strings.TrimRight(line, "\n")); what != "" {
			found = append(found, where+": "+what+" in: "+rest)
		}
	}
	return found
}

// echo is what S3 repeats of a request whose signature is wrong, to who sent it: all that was in the URL.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
var echo = regexp.MustCompile(`(?s)<(StringToSign|StringToSignBytes|CanonicalRequest|CanonicalRequestBytes|SignatureProvided)>.*?</(StringToSign|StringToSignBytes|CanonicalRequest|CanonicalRequestBytes|SignatureProvided)>`)

// hostID is drawn at random for each answer of S3, in base64: once in some 1,700 refusals it would look like a token. The
// local S3 sends the header twice with some answers.
var hostID = regexp.MustCompile(`<HostId>[A-Za-z0-9+/=]*</HostId>|X-Amz-Id-2:\[[A-Za-z0-9+/= ]*\]`)

// WithoutEcho is a refusal of S3 without that, and without the ID of the answer's host.
func WithoutEcho(refusal []byte) []byte { return hostID.ReplaceAll(echo.ReplaceAll(refusal, nil), nil) }

// Refusal searches the body of an answer that is no success, but for S3's echo of the request.
func (s *Search) Refusal(where string, body []byte) []string {
	return s.Text(where, string(WithoutEcho(body)))
}

func (s *Search) line(line string) (what, rest string) {
	for _, shape := range shapes {
		if at := shape.looks.FindStringIndex(line); at != nil {
			return shape.what, line[:min(at[0]+len("eyJ"), at[1])] + "[cut]"
		}
	}
	for secret, what := range s.known {
		if strings.Contains(line, secret) {
			return what, strings.ReplaceAll(line, secret, "[cut]")
		}
	}
	return "", ""
}

// KnowEnvironment learns the credentials in a process's environment, on Linux: a function's are nowhere else.
func (s *Search) KnowEnvironment(p procfs.Proc) {
	environment, _ := p.Environ() // a process that has ended has none
	for _, variable := range environment {
		switch name, value, _ := strings.Cut(variable, "="); name {
		case "AWS_SECRET_ACCESS_KEY":
			s.Know("a function's secret key", value)
		case "AWS_SESSION_TOKEN":
			s.Know("a function's session token", value)
		}
	}
}
