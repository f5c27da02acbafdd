package objectstore

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.com/presigned/local/template"
)

// bucketPolicy is AWS::S3::BucketPolicy. The gateway matches principals, actions and resources exactly. It lacks the
// condition keys that our policy relies on, so this package evaluates every condition, and gives the gateway the
// statements whose conditions hold for a request, without these conditions. A condition that can't be evaluated exactly
// stops the start.
type bucketPolicy struct {
	Bucket         string
	PolicyDocument policyDocument
}

type policyDocument struct {
	Version   string
	Statement []statement
}

// statement has the elements that the gateway understands. It ignores NotPrincipal, NotAction and NotResource silently,
// so they are missing here, and stop the start.
type statement struct {
	Sid, Effect string
	Principal   any
	Action      any
	Resource    any
	Condition   map[string]map[string]stringList `json:",omitempty"` // by operator and key
}

// stringList is a value or a list of values, each a string, a number or a boolean.
type stringList []string

// UnmarshalJSON reads "a", ["a", "b"], 5 or true.
func (l *stringList) UnmarshalJSON(data []byte) error {
	if data[0] != '[' {
		data = slices.Concat([]byte("["), data, []byte("]"))
	}
	var values []json.RawMessage
	if err := json.Unmarshal(data, &values); err != nil {
		return err
	}
	for _, v := range values {
		*l = append(*l, strings.Trim(string(v), `"`))
	}
	return nil
}

// readPolicies reads the bucket policies, by bucket name.
func (s *Store) readPolicies() (map[string]policyDocument, error) {
	policies := map[string]policyDocument{}
	return policies, template.Each(s.t, "AWS::S3::BucketPolicy", func(_ template.Resource, p bucketPolicy) error {
		p.PolicyDocument.Statement = slices.DeleteFunc(p.PolicyDocument.Statement, func(s statement) bool {
			principal, _ := s.Principal.(map[string]any)
			return principal["Service"] != nil // such as S3's log delivery: no service calls the local run
		})
		policies[p.Bucket] = p.PolicyDocument
		for _, s := range p.PolicyDocument.Statement {
			if err := s.check(); err != nil {
				return fmt.Errorf("statement %q: %w", s.Sid, err)
			}
		}
		return nil
	})
}

// check accepts only Deny statements. Public access is blocked and the roles have their own policies, so an Allow here
// could only grant more than the template's roles do.
func (s statement) check() error {
	if s.Effect != "Deny" {
		return fmt.Errorf("effect %s not modelled by the local run, want Deny", s.Effect)
	}
	for operator, byKey := range s.Condition {
		for key, values := range byKey {
			if err := checkCondition(operator, key, values); err != nil {
				return fmt.Errorf("condition %s %s: %w", operator, key, err)
			}
		}
	}
	return nil
}

func checkCondition(operator, key string, values []string) error {
	if !slices.Contains([]string{"Null", "Bool", "StringEquals", "StringNotEquals", "ArnEquals", "NumericLessThan", "NumericGreaterThan"}, operator) {
		return fmt.Errorf("operator not modelled by the local run")
	}
	if !slices.Contains(conditionKeys(), key) {
		return fmt.Errorf("key not modelled by the local run")
	}
	for _, value := range values {
		_, notNumber := strconv.ParseFloat(value, 64)
		switch {
		case strings.Contains(value, "${"), operator == "ArnEquals" && strings.ContainsAny(value, "*?"):
			return fmt.Errorf("%q is not modelled by the local run: want no wildcard and no policy variable", value)
		case strings.HasPrefix(operator, "Numeric") && notNumber != nil:
			return fmt.Errorf("got %q, want a number", value)
		case (operator == "Bool" || operator == "Null") && value != "true" && value != "false":
			return fmt.Errorf("got %q, want true or false", value)
		}
	}
	return nil
}

// forRequest returns the document with only the statements whose conditions all hold for a request, and without the
// conditions. With no statement it is still a valid document.
func (d policyDocument) forRequest(request map[string]string) ([]byte, error) {
	result := policyDocument{Version: "2012-10-17", Statement: []statement{}}
	for _, s := range d.Statement {
		if s.holds(request) {
			s.Condition = nil
			result.Statement = append(result.Statement, s)
		}
	}
	return json.Marshal(result)
}

func (s statement) holds(request map[string]string) bool {
	for operator, byKey := range s.Condition {
		for key, values := range byKey {
			have, present := request[key]
			if !conditionHolds(operator, have, present, values) {
				return false
			}
		}
	}
	return true
}

func conditionHolds(operator, have string, present bool, values []string) bool {
	switch operator {
	case "Null":
		return slices.Contains(values, strconv.FormatBool(!present))
	case "StringNotEquals": // an absent key is not equal either
		return !present || !slices.Contains(values, have)
	case "NumericLessThan", "NumericGreaterThan":
		number, err := strconv.ParseFloat(have, 64)
		return err == nil && slices.ContainsFunc(values, func(value string) bool {
			limit, _ := strconv.ParseFloat(value, 64) // checkCondition has checked that it is a number
			return operator == "NumericLessThan" && number < limit || operator == "NumericGreaterThan" && number > limit
		})
	default: // Bool, StringEquals, ArnEquals
		return present && slices.Contains(values, have)
	}
}
