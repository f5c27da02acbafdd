// Another team's app: it adds the construct to a stack with its own user pool.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/jsii-runtime-go"

	"example.com/presigned/infra/stage"
	"example.com/presigned/infra/uploads"
)

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, new("Files"), nil)
	users := awscognito.NewUserPool(stack, new("Employees"), &awscognito.UserPoolProps{SignInCaseSensitive: new(false)})
	web := users.AddClient(new("Web"), &awscognito.UserPoolClientOptions{
		AuthFlows:                  &awscognito.AuthFlow{UserSrp: new(true)},
		PreventUserExistenceErrors: new(true),
	})

	config := stage.Least()
	config.Multipart, config.Downloads, config.Listing, config.Deletion = true, true, true, true
	config.ContentTypes = []string{"*/*"}
	config.AllowedOrigins = []string{stage.LocalOrigin}
	if host, ok := app.Node().TryGetContext(new("architecture")).(string); ok {
		config.Architecture = host // the local run needs this machine's
	}
	files := uploads.New(stack, "Uploads", &uploads.Props{
		Stage: config, UserPool: users, AppClientIDs: []*string{web.UserPoolClientId()},
		AuthorizationScopes: []string{"aws.cognito.signin.user.admin", "uploads/write"},
	})
	files.AddOutputs()
	app.Synth(nil)
}
