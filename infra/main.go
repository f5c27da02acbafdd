// The CDK app. It reads cdk.json and the file of the stage, and synthesizes the stack.
//
//	npx cdk synth                                        the dev stage
//	npx cdk synth -c stage=prod -c architecture=x86_64   another stage, another architecture
//	npx cdk synth -c stage=account                       the account's role for API Gateway's logs
//
// It also synthesizes without the CDK CLI, in the folder of cdk.json. Without the validation that `cdk synth` does, this
// takes a second or two:
//
//	CDK_CONTEXT_JSON='{"stage":"prod"}' CDK_OUTDIR=build/assembly CDK_VALIDATION=false go run ./infra
package main

import (
	"cmp"
	"fmt"
	"os"

	"github.com/aws/jsii-runtime-go"

	"example.com/presigned/infra/stack"
	"example.com/presigned/infra/stage"
)

// Both are in the working directory: the CLI starts the app in the folder of cdk.json.
const (
	settings = "cdk.json"
	stages   = "stages" // `-c stages=` names another folder
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
	app, err := stack.NewApp(settings)
	if err != nil {
		return err
	}
	option := func(name string) string { // -c name=value
		value, _ := app.Node().TryGetContext(new(name)).(string)
		return value
	}
	name := cmp.Or(option("stage"), "dev")
	if name == stage.AccountName {
		stack.NewAccount(app)
		app.Synth(nil)
		return nil
	}
	folder := cmp.Or(option("stages"), stages)
	config, err := stage.Load(folder, name, option("architecture"))
	if err != nil {
		return err
	}
	if err := config.CheckPlaceholders(); err != nil {
		return fmt.Errorf("%w\nhint: edit %s/%s.json, or run: make configure STAGE=%[3]s", err, folder, name)
	}
	stack.New(app, config, nil)
	app.Synth(nil)
	return nil
}

// closeJSII ends jsii's Node process and removes its temporary folder. jsii waits for the process twice, and often prints
// "Runtime process exited abnormally: waitid: no child processes". The assembly is already written then, so closeJSII
// discards what jsii prints.
func closeJSII() {
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = null
	}
	jsii.Close()
}
