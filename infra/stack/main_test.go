package stack_test

import (
	"encoding/json"
	"fmt"
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

// These are set once by TestMain and only read afterwards.
var (
	all       variants
	account   variant // the account stack, which is no stage
	embedded  variant // another app's stack: embedded_test.go
	bounded   variant // least, with CDK's own context key for a permissions boundary
	neighbour variant // everything, by another team
)

func TestMain(m *testing.M) {
	if err := synthesize(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	jsii.Close() // no test below starts it again
	os.Exit(m.Run())
}

func synthesize() error {
	// Only the templates are wanted here; `cdk synth` validates them.
	if err := os.Setenv("CDK_VALIDATION", "false"); err != nil {
		return err
	}
	context, err := stage.Context(filepath.Join("..", "..", "cdk.json"), func(string) string { return "" })
	if err != nil {
		return err
	}
	stages := filepath.Join("..", "..", "stages")
	all = variants{}
	for name, dir := range map[string]string{"least": "testdata", "dev": stages, "prod": stages, "everything": "testdata", "existingpool": "testdata"} {
		config, err := stage.Load(dir, name, "")
		if err != nil {
			return err
		}
		if all[name], err = synth(context, config); err != nil {
			return fmt.Errorf("stage %s: %w", name, err)
		}
	}
	others := all["everything"].config
	others.StackName = "others-uploads"
	if neighbour, err = synth(context, others); err != nil {
		return err
	}
	app := awscdk.NewApp(&awscdk.AppProps{Context: &context, AnalyticsReporting: new(false)})
	if account, err = decode(stack.NewAccount(app)); err != nil {
		return err
	}
	if embedded, err = decode(newEmbedded()); err != nil {
		return err
	}
	context["@aws-cdk/core:permissionsBoundary"] = map[string]any{"name": "of-the-context"}
	bounded, err = synth(context, all["least"].config)
	return err
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
