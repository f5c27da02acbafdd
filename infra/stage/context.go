package stage

import (
	"encoding/json"
	"fmt"
	"os"
)

// Context reads the context of a cdk.json: the stages, and the feature flags that decide what CDK's own
// constructs look like. The CLI passes the same to the app; reading it here too lets the app run by
// itself (in a fifth of the CLI's time), and tests see the stack that deploys (aws/aws-cdk#17553).
func Context(file string) (map[string]any, error) {
	text, err := os.ReadFile(file) //nolint:gosec // the program names it, not a user
	if err != nil {
		return nil, err
	}
	var settings struct {
		Context map[string]any `json:"context"`
	}
	if err := json.Unmarshal(text, &settings); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	return settings.Context, nil
}
