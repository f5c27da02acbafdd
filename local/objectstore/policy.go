package objectstore

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.com/presigned/local/template"

	"github.com/versity/versitygw/iamapi/policy"
	"github.com/versity/versitygw/iamapi/types"
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

// statement has the elements that the gateway understands. The gateway ignores NotPrincipal, NotAction and NotResource without
// a word. So they have no field here, and a template with one stops the start.
type statement struct {
	Sid, Effect string
	Principal   any
	Action      any
	Resource    any
	Condition   json.RawMessage `json:",omitempty"`
}

// readPolicies reads the bucket policies, by bucket name.
func (s *Store) readPolicies() (map[string]policyDocument, error) {
	policies := map[string]policyDocument{}
	return policies, template.Each(s.t, "AWS::S3::BucketPolicy", func(_ template.Resource, p bucketPolicy) error {
		p.PolicyDocument.Statement = slices.DeleteFunc(p.PolicyDocument.Statement, func(st statement) bool {
			principal, _ := st.Principal.(map[string]any)
			allowsService := st.Effect == "Allow" && len(principal) == 1 && principal["Service"] != nil // such as S3's log delivery
			if allowsService {
				s.t.Note(template.NotEnforcedProperty{Type: "AWS::S3::BucketPolicy", Property: "Principal.Service", Reason: "no AWS service calls the local run"})
			}
			return allowsService
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
	if err := policy.Parse(s.asIdentityPolicy()); err != nil || bytes.Contains(s.Condition, []byte("${")) {
		return fmt.Errorf("condition %s: want operators of IAM, and no policy variable", s.Condition)
	}
	var byOperator map[string]map[string]any
	_ = json.Unmarshal(s.Condition, &byOperator) // the gateway has parsed it
	for operator, byKey := range byOperator {
		for key, value := range byKey {
			if !slices.Contains(conditionKeys(), key) {
				return fmt.Errorf("condition %s %s: key not modelled by the local run", operator, key)
			}
			if _, err := strconv.ParseFloat(fmt.Sprint(value), 64); strings.HasPrefix(operator, "Numeric") && err != nil {
				return fmt.Errorf("condition %s %s: got %q, want a number", operator, key, value)
			}
		}
	}
	return nil
}

// forRequest returns the document with only the statements whose conditions all hold for a request, and without the
// conditions. With no statement it is still a valid document.
func (d policyDocument) forRequest(request map[string][]string) ([]byte, error) {
	result := policyDocument{Version: "2012-10-17", Statement: []statement{}}
	for _, s := range d.Statement {
		if s.holds(request) {
			s.Condition = nil
			result.Statement = append(result.Statement, s)
		}
	}
	return json.Marshal(result)
}

// holds reports whether the statement's condition holds for a request. It uses the gateway's evaluator of identity policies,
// which takes any condition key. The gateway's evaluator of bucket policies takes only a fixed list of keys.
func (s statement) holds(request map[string][]string) bool {
	documents := []types.PolicyEntry{{PolicyDocument: s.asIdentityPolicy()}}
	return policy.EvaluateIdentityPolicies(documents, policy.RequestContext{Condition: request}) == policy.DecisionAllow
}

// asIdentityPolicy returns an identity policy that allows everything if the statement's condition holds.
func (s statement) asIdentityPolicy() string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":` + cmp.Or(string(s.Condition), "{}") + `}]}`
}
