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
	"gotest.tools/v3/golden"

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
	var err error
	stages := filepath.Join("..", "..", "stages")
	all = variants{}
	for name, dir := range map[string]string{"least": "testdata", "dev": stages, "prod": stages, "everything": "testdata", "existingpool": "testdata"} {
		config, err := stage.Load(dir, name, "")
		if err != nil {
			return err
		}
		if all[name], err = synth(config, nil); err != nil {
			return fmt.Errorf("stage %s: %w", name, err)
		}
	}
	others := all["everything"].config
	others.StackName = "others-uploads"
	if neighbour, err = synth(others, nil); err != nil {
		return err
	}
	if bounded, err = synth(all["least"].config, map[string]any{"name": "of-the-context"}); err != nil {
		return err
	}
	app, err := stack.NewApp(cdkJSON)
	if err != nil {
		return err
	}
	if account, err = decode(stack.NewAccount(app)); err != nil {
		return err
	}
	embedded, err = decode(newEmbedded())
	return err
}

var cdkJSON = filepath.Join("..", "..", "cdk.json")

// synth makes the template of a stage as the CLI would, but with a stand-in for the function's binary,
// so that the bytes are the same everywhere. boundary is the value of CDK's own context key.
func synth(config stage.Stage, boundary map[string]any) (variant, error) {
	app, err := stack.NewApp(cdkJSON)
	if err != nil {
		return variant{}, err
	}
	if boundary != nil {
		app.Node().SetContext(new("@aws-cdk/core:permissionsBoundary"), boundary)
	}
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

// Run with -update after a change that you intended. Read the difference: this is what deploys.
func TestTemplatesAreAsReviewed(t *testing.T) {
	for name, v := range all {
		t.Run(name, func(t *testing.T) {
			golden.Assert(t, string(v.text), name+".template.json")
		})
	}
	golden.Assert(t, string(account.text), "account.template.json")
}
