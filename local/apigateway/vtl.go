package apigateway

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// vtl is a compiled mapping template, in the small part of the Velocity Template Language that a preflight needs to
// answer with the caller's origin:
//
//	#set($origin = $input.params().header.get("Origin"))
//	#if($origin == "https://a.example" || $origin.matches("http://localhost:[0-9]+"))
//	  #set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)
//	#end
//
// with #elseif and #else, !=, &&, ! and parentheses. It writes nothing but headers. Anything else does not compile.
type vtl struct{ body []statement }

// scope is what a template can see and set.
type scope struct {
	request http.Header
	vars    map[string]string
	headers map[string]string // overridden
}

type statement func(*scope)

// expression gives a string, or a condition as "true" or "".
type expression func(*scope) string

// run gives the headers that the template overrides.
func (v *vtl) run(request http.Header) map[string]string {
	s := &scope{request: request, vars: map[string]string{}, headers: map[string]string{}}
	for _, st := range v.body {
		st(s)
	}
	return s.headers
}

func parseVTL(template string) (*vtl, error) {
	p := &vtlParser{rest: template}
	body, err := p.block()
	if err == nil && p.end != "" {
		err = fmt.Errorf("%s without #if", p.end)
	}
	if err != nil {
		return nil, fmt.Errorf("mapping template: %w: the local run models a part of VTL", err)
	}
	return &vtl{body}, nil
}

type vtlParser struct {
	rest string
	end  string // the directive that ended the last block; "" at the end of the template
}

// block reads statements up to #elseif, #else, #end or the end of the template.
func (p *vtlParser) block() ([]statement, error) {
	var body []statement
	for {
		p.space()
		p.end = ""
		switch {
		case p.rest == "":
			return body, nil
		case p.take("#set("):
			st, err := p.set()
			if err != nil {
				return nil, err
			}
			body = append(body, st)
		case p.take("#if("):
			st, err := p.branch()
			if err != nil {
				return nil, err
			}
			body = append(body, st)
		case p.take("#elseif("):
			p.end = "#elseif"
			return body, nil
		case p.take("#else"):
			p.end = "#else"
			return body, nil
		case p.take("#end"):
			p.end = "#end"
			return body, nil
		default:
			return nil, fmt.Errorf("at %.30q: want a directive", p.rest)
		}
	}
}

// branch reads an #if from its condition to its #end.
func (p *vtlParser) branch() (statement, error) {
	condition, err := p.condition()
	if err != nil {
		return nil, err
	}
	then, err := p.block()
	if err != nil {
		return nil, err
	}
	var otherwise []statement
	switch p.end {
	case "#elseif":
		st, err := p.branch()
		if err != nil {
			return nil, err
		}
		otherwise = []statement{st}
	case "#else":
		if otherwise, err = p.block(); err != nil {
			return nil, err
		}
	}
	if p.end != "#end" {
		return nil, fmt.Errorf("#if without #end")
	}
	return func(s *scope) {
		body := otherwise
		if condition(s) != "" {
			body = then
		}
		for _, st := range body {
			st(s)
		}
	}, nil
}

func (p *vtlParser) condition() (expression, error) {
	e, err := p.or()
	if err == nil && !p.take(")") {
		err = fmt.Errorf("at %.30q: want a closing parenthesis", p.rest)
	}
	return e, err
}

const overridePrefix = "context.responseOverride.header."

// set reads "$name = expression)".
func (p *vtlParser) set() (statement, error) {
	name, err := p.reference()
	if err != nil {
		return nil, err
	}
	if !p.take("=") {
		return nil, fmt.Errorf("at %.30q: want =", p.rest)
	}
	value, err := p.condition()
	if err != nil {
		return nil, err
	}
	if header, ok := strings.CutPrefix(name, overridePrefix); ok {
		return func(s *scope) { s.headers[header] = value(s) }, nil
	}
	if strings.Contains(name, ".") {
		return nil, fmt.Errorf("#set of $%s", name)
	}
	return func(s *scope) { s.vars[name] = value(s) }, nil
}

// reference reads "$a.b.c", the names only.
func (p *vtlParser) reference() (string, error) {
	p.space()
	found := regexp.MustCompile(`^\$([A-Za-z][A-Za-z0-9_-]*(?:\.[A-Za-z][A-Za-z0-9_-]*)*)`).FindStringSubmatch(p.rest)
	if found == nil {
		return "", fmt.Errorf("at %.30q: want a reference", p.rest)
	}
	p.rest = p.rest[len(found[0]):]
	return found[1], nil
}

func (p *vtlParser) space() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

// take reads a token if it comes next.
func (p *vtlParser) take(token string) bool {
	p.space()
	rest, ok := strings.CutPrefix(p.rest, token)
	if ok {
		p.rest = rest
	}
	return ok
}
