package stage

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
)

// Where the CDK CLI puts what `-c`, cdk.json and cdk.context.json say together: as text, or what is too long for an
// environment in a file. aws-cdk-lib reads them in this order too: App.loadContext.
const (
	contextText = "CDK_CONTEXT_JSON"
	contextFile = "CONTEXT_OVERFLOW_LOCATION_ENV"
)

// Context reads the context of a cdk.json: the stages, and the feature flags that decide what CDK's own constructs look
// like. Reading it here too lets the app run without the CLI, and tests see the stack that deploys (aws/aws-cdk#17553).
// What the CLI passes in the environment wins.
func Context(file string, getenv func(string) string) (map[string]any, error) {
	var settings struct {
		Context map[string]any `json:"context"`
	}
	if err := readJSON(file, &settings); err != nil {
		return nil, err
	}
	context := map[string]any{}
	maps.Copy(context, settings.Context)
	if text := getenv(contextText); text != "" {
		if err := json.Unmarshal([]byte(text), &context); err != nil {
			return nil, fmt.Errorf("read the environment's %s: %w", contextText, err)
		}
	}
	if file := getenv(contextFile); file != "" {
		if err := readJSON(file, &context); err != nil {
			return nil, err
		}
	}
	return context, nil
}

func readJSON(file string, into any) error {
	text, err := os.ReadFile(file) //nolint:gosec // the program or the CLI names it, not a user
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("read %s: %w", file, err)
	}
	return nil
}
