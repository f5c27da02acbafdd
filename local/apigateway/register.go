package apigateway

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"

	"example.com/presigned/local/template"
)

// Register tells the template what CloudFormation would know of the API's resources. The IDs are those of every
// start, so that outputs do not change.
func Register(t *template.Template) error {
	for _, typ := range []string{"RestApi", "Resource", "Method", "Deployment", "Authorizer", "Model", "RequestValidator", "GatewayResponse", "Account"} {
		for _, r := range t.Resources("AWS::ApiGateway::" + typ) {
			id := stableID(t.StackName, r.LogicalID)
			if typ == "Model" {
				id = modelName(t, r)
			}
			t.SetID(r.LogicalID, id, map[string]string{
				typ + "Id":       id,
				"RootResourceId": stableID(t.StackName, r.LogicalID, "root"),
			})
		}
	}
	for _, r := range t.Resources("AWS::ApiGateway::Stage") {
		name, err := t.String(r.Properties["StageName"])
		if err != nil {
			return fmt.Errorf("%s (%s): StageName: %w", r.LogicalID, r.Type, err)
		}
		t.SetID(r.LogicalID, name, nil)
	}
	return nil
}

// modelName is the model's Name, or one made up from its logical ID: letters and digits only, as AWS wants them.
func modelName(t *template.Template, r template.Resource) string {
	if name, err := t.String(r.Properties["Name"]); err == nil {
		return name
	}
	return r.LogicalID
}

// stableID is ten small letters and digits, the form of API Gateway's IDs.
func stableID(names ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(names, "\x00")))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:10]
}
