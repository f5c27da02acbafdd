package stack_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"example.com/presigned/infra/stack"
	"example.com/presigned/infra/stage"
)

// variants are the stages that every test of this package looks at. jsii is not goroutine-safe, so they
// are synthesized once, in series, before the first test; the tests read decoded JSON.
type variants map[string]variant

type variant struct {
	config stage.Stage
	text   []byte // the template as CDK writes it
	template
}

// All are set once by TestMain and only read afterwards.
var (
	all      variants
	account  variant // the account stack, which is no stage
	embedded variant // another app's stack: embedded_test.go
)

func TestMain(m *testing.M) {
	var err error
	if all, err = synthesize(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	jsii.Close() // no test below starts it again
	os.Exit(m.Run())
}

func synthesize() (variants, error) {
	// Only the templates are wanted here; `cdk synth` validates them.
	if err := os.Setenv("CDK_VALIDATION", "false"); err != nil {
		return nil, err
	}
	context, err := stage.Context(filepath.Join("..", "..", "cdk.json"), func(string) string { return "" })
	if err != nil {
		return nil, err
	}
	stages, ok := context["stages"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("cdk.json has no stages")
	}
	stages = maps.Clone(stages)
	stages["least"] = map[string]any{}
	for _, name := range []string{"everything", "existingpool"} {
		if stages[name], err = readEntry(name + ".json"); err != nil {
			return nil, err
		}
	}
	found := variants{}
	for _, name := range []string{"least", "dev", "prod", "everything", "existingpool"} {
		config, err := stage.Select(stages, name, "")
		if err != nil {
			return nil, err
		}
		v, err := synth(context, config)
		if err != nil {
			return nil, fmt.Errorf("stage %s: %w", name, err)
		}
		found[name] = v
	}
	app := awscdk.NewApp(&awscdk.AppProps{Context: &context, AnalyticsReporting: new(false)})
	if account, err = decode(stack.NewAccount(app)); err != nil {
		return nil, err
	}
	embedded, err = decode(newEmbedded())
	return found, err
}

// readEntry reads a stage that only the tests have: the one with every option on, and the one with an existing user pool.
func readEntry(file string) (entry map[string]any, err error) {
	text, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		return nil, err
	}
	return entry, json.Unmarshal(text, &entry)
}

// synth makes the template of a stage as the CLI would, but with a stand-in for the function's binary,
// so that the bytes are the same everywhere.
func synth(context map[string]any, config stage.Stage) (variant, error) {
	app := awscdk.NewApp(&awscdk.AppProps{Context: &context, AnalyticsReporting: new(false)})
	code := awslambda.Code_FromAsset(new(filepath.Join("testdata", "function")), nil)
	v, err := decode(stack.New(app, config, code))
	v.config = config
	return v, err
}

func decode(s awscdk.Stack) (variant, error) {
	decoded := *assertions.Template_FromStack(s, nil).ToJSON()
	text, err := json.MarshalIndent(decoded, "", " ")
	if err != nil {
		return variant{}, err
	}
	v := variant{text: append(text, '\n')}
	return v, json.Unmarshal(text, &v.template)
}
