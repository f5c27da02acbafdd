package stack

import (
	"fmt"

	"example.com/presigned/local/template"
)

const secretType = "AWS::SecretsManager::Secret" //nolint:gosec // G101: the name of a resource type

// secretsCoverage: a secret is read from the summary, for nothing serves Secrets Manager here.
func secretsCoverage() template.Coverage {
	return template.Coverage{secretType: {
		Modelled:    []string{"SecretString"},
		NotEnforced: map[string]string{"Description": "for people", "KmsKeyId": "nothing is encrypted on this machine's disk"},
	}}
}

func (s *Stack) nameSecrets() {
	for _, secret := range s.t.Resources(secretType) {
		arn := fmt.Sprintf("arn:aws:secretsmanager:%s:%s:secret:%s-local1", s.t.Region(), s.t.AccountID(), secret.LogicalID)
		s.t.SetID(secret.LogicalID, arn, map[string]string{"Id": arn})
	}
}

// secrets are the values of the template's secrets, by ARN.
func (s *Stack) secrets() (map[string]string, error) {
	values := map[string]string{}
	for _, secret := range s.t.Resources(secretType) {
		arn, err := s.t.String(map[string]any{"Ref": secret.LogicalID})
		if err != nil {
			return nil, err
		}
		if values[arn], err = s.t.String(secret.Properties["SecretString"]); err != nil {
			return nil, err
		}
	}
	return values, nil
}
