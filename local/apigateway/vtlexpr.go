package apigateway

import (
	"fmt"
	"regexp"
	"strings"
)

// or, and, not, comparison and operand read expressions, the loosest binding first.
func (p *vtlParser) or() (expression, error)  { return p.chain("||", p.and, true) }
func (p *vtlParser) and() (expression, error) { return p.chain("&&", p.not, false) }

// chain reads operands joined by an operator, whose outcome the first operand that equals decisive decides.
func (p *vtlParser) chain(operator string, operand func() (expression, error), decisive bool) (expression, error) {
	first, err := operand()
	if err != nil {
		return nil, err
	}
	all := []expression{first}
	for p.take(operator) {
		next, err := operand()
		if err != nil {
			return nil, err
		}
		all = append(all, next)
	}
	if len(all) == 1 {
		return first, nil
	}
	return func(s *scope) string {
		for _, e := range all {
			if (e(s) != "") == decisive {
				return truth(decisive)
			}
		}
		return truth(!decisive)
	}, nil
}

func truth(b bool) string {
	if b {
		return "true"
	}
	return ""
}

func (p *vtlParser) not() (expression, error) {
	p.space()
	if strings.HasPrefix(p.rest, "!=") || !p.take("!") {
		return p.comparison()
	}
	e, err := p.not()
	return func(s *scope) string { return truth(e(s) == "") }, err
}

func (p *vtlParser) comparison() (expression, error) {
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	equal := p.take("==")
	if !equal && !p.take("!=") {
		return left, nil
	}
	right, err := p.operand()
	return func(s *scope) string { return truth((left(s) == right(s)) == equal) }, err
}

// operand reads a string, a parenthesis, a variable, one of its methods, or a header of the request.
func (p *vtlParser) operand() (expression, error) {
	p.space()
	if strings.HasPrefix(p.rest, `"`) || strings.HasPrefix(p.rest, "'") {
		value, err := p.literal()
		return func(*scope) string { return value }, err
	}
	if p.take("(") {
		return p.condition()
	}
	name, err := p.reference()
	if err != nil {
		return nil, err
	}
	variable, method, _ := strings.Cut(name, ".")
	switch {
	case name == "input.params" && p.take("().header.get("):
		// A header that is not there gives "": API Gateway's null compares like it in CDK's own preflight.
		header, err := p.argument()
		return func(s *scope) string { return s.header(header) }, err
	case method == "matches" && p.take("("):
		return p.matches(variable)
	case method == "" && variable != "input" && variable != "context":
		return func(s *scope) string { return s.vars[variable] }, nil
	}
	return nil, fmt.Errorf("$%s%.10s", name, p.rest)
}

// header looks a name up as the client spelled it. Go has only its canonical spelling left, which is also what
// browsers send.
func (s *scope) header(name string) string {
	if values := s.request[name]; len(values) > 0 {
		return values[len(values)-1]
	}
	return ""
}

// matches is Java's String.matches: the whole string has to match.
func (p *vtlParser) matches(variable string) (expression, error) {
	pattern, err := p.argument()
	if err != nil {
		return nil, err
	}
	re, err := regexp.Compile(`^(?:` + pattern + `)$`)
	return func(s *scope) string { return truth(re.MatchString(s.vars[variable])) }, err
}

// argument reads the one string argument of a method, and the parenthesis behind it.
func (p *vtlParser) argument() (string, error) {
	value, err := p.literal()
	if err == nil && !p.take(")") {
		err = fmt.Errorf("at %.30q: want a closing parenthesis", p.rest)
	}
	return value, err
}

// literal reads a quoted string. Velocity knows no escapes in it, and in double quotes fills in references: one with
// a dollar sign or a hash is left to AWS.
func (p *vtlParser) literal() (string, error) {
	p.space()
	if p.rest == "" {
		return "", fmt.Errorf("at the end: want a string")
	}
	quote := p.rest[:1]
	value, rest, ok := strings.Cut(p.rest[1:], quote)
	if quote != `"` && quote != "'" || !ok || quote == `"` && strings.ContainsAny(value, "$#") {
		return "", fmt.Errorf("at %.30q: want a plain string", p.rest)
	}
	p.rest = rest
	return value, nil
}
