// The CDK app. It only wires: reads cdk.json, picks the stage, and adds its stack.
//
//	npx cdk synth                                        the dev stage
//	npx cdk synth -c stage=prod -c architecture=x86_64   another stage, another architecture
//
// It needs no CLI to synthesize; from the folder of cdk.json, in a second or two and without the
// validation that `cdk synth` does:
//
//	CDK_CONTEXT_JSON='{"stage":"prod"}' CDK_OUTDIR=build/assembly CDK_VALIDATION=false go run ./infra
package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"example.com/presigned/infra/stack"
	"example.com/presigned/infra/stage"
)

// Both are relative to the folder of cdk.json, where the CLI starts the app.
const (
	settings  = "cdk.json"
	lambdaDir = "lambda" // the functions' main package
)

func main() {
	err := run()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	closeJSII()
	if err != nil {
		os.Exit(1)
	}
}

func run() error {
	context, err := stage.Context(settings)
	if err != nil {
		return err
	}
	// What the CLI passes wins over this; without the CLI this is all there is.
	app := awscdk.NewApp(&awscdk.AppProps{Context: &context, AnalyticsReporting: new(false)})
	name := text(app, "stage")
	if name == "" {
		name = "dev"
	}
	config, err := stage.Select(app.Node().TryGetContext(new("stages")), name, text(app, "architecture"))
	if err != nil {
		return err
	}
	stack.New(app, config, stack.GoBinary(lambdaDir, config))
	app.Synth(nil)
	return nil
}

// text reads a context value that `-c name=value` sets.
func text(app awscdk.App, name string) string {
	value, _ := app.Node().TryGetContext(new(name)).(string)
	return value
}

// closeJSII ends jsii's Node and removes its temporary folder. jsii waits for the process twice, in a
// race, and often prints "Runtime process exited abnormally: waitid: no child processes" when it lost:
// by now everything that is ours has been written.
func closeJSII() {
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = null
	}
	jsii.Close()
}
