// Command emptystack is a CDK app with the least that CloudFormation takes, a handle that nobody waits for: what starting jsii and loading aws-cdk-lib costs. No app that is
// written in Go can be synthesized quicker.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	awscdk.NewCfnWaitConditionHandle(awscdk.NewStack(app, new("Empty"), nil), new("Nothing"), nil)
	app.Synth(nil)
}
