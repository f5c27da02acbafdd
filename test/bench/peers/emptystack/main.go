// Command emptystack is a CDK app without a resource: what starting jsii and loading aws-cdk-lib costs. No app that is
// written in Go can be synthesized quicker.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	awscdk.NewStack(app, new("Empty"), nil)
	app.Synth(nil)
}
