package stack

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
)

// NewApp returns an app with the context of a cdk.json: the feature flags of CDK's constructs. CDK reads the file only in
// its CLI (aws/aws-cdk#17553), but tests and synthesis without the CLI must give the template that deploys. The
// variable CDK_CONTEXT_JSON, in which the CLI passes `-c stage=prod`, has precedence.
func NewApp(cdkJSON string) (awscdk.App, error) {
	text, err := os.ReadFile(cdkJSON) //nolint:gosec // the program names it, not a user
	if err != nil {
		return nil, err
	}
	var settings struct{ Context map[string]any }
	if err := json.Unmarshal(text, &settings); err != nil {
		return nil, fmt.Errorf("read %s: %w", cdkJSON, err)
	}
	return awscdk.NewApp(&awscdk.AppProps{Context: &settings.Context, AnalyticsReporting: new(false)}), nil
}
