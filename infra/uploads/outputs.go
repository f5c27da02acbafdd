package uploads

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"

	"example.com/presigned/infra/stage"
	"example.com/presigned/lambda/operation"
)

// output is one value that clients and people need.
type output struct {
	id, description string
	value           *string
}

// AddOutputs adds the values that clients need to the stack's outputs, with the names that the command presigned, the page
// and the local run read. A stack can have them from only one construct.
func (u *Uploads) AddOutputs() {
	for _, o := range u.outputs {
		awscdk.NewCfnOutput(awscdk.Stack_Of(u.Construct), new(o.id), &awscdk.CfnOutputProps{Description: new(o.description), Value: o.value})
	}
}

// newOutputs returns the outputs in the order in which the template lists them. accessLogs may be nil.
func (u *Uploads) newOutputs(config stage.Stage, accessLogs awss3.IBucket, users *identity, a *api) []output {
	all := []output{{"ApiUrl", "Base URL of the API", a.url("/")}}
	add := func(id, description string, value *string) { all = append(all, output{id, description, value}) }
	for _, s := range u.Signers {
		add(s.Route.Name()+"Url", "POST here to presign "+strings.Join(operation.Names(config.Operations(s.Route)), ", "), s.URL)
	}
	add("BucketName", "Bucket with the uploads", u.Bucket.BucketName())
	add("BucketUrl", "Base URL of the presigned URLs", bucketURL(u.Bucket, config))
	if accessLogs != nil {
		add("AccessLogBucketName", "Bucket with S3's access log of the uploads", accessLogs.BucketName())
	}
	if u.Key != nil {
		add("KmsKeyArn", "ARN of the key that encrypts the uploads", u.Key.KeyArn())
	}
	if u.CompletedQueue != nil {
		add("CompletedUploadsQueueUrl", "URL of the queue with one message for each completed upload", u.CompletedQueue.QueueUrl())
	}
	add("UserPoolId", "ID of the user pool whose users may call the API", users.pool.UserPoolId())
	add("AppClientId", "ID of the app client to sign in with", users.clientIDs[0])
	if users.signInURL != nil {
		add("SignInUrl", "Base URL of sign-in pages and token endpoint", users.signInURL)
	}
	for _, m := range users.machines {
		add("Machine"+m.name+"ClientId", "ID of the app client of "+m.name, m.client.UserPoolClientId())
		add("Machine"+m.name+"SecretArn", "ARN of the secret with the client ID and secret of "+m.name+", as JSON", m.secret.Ref())
	}
	add("Region", "Region of the stack", awscdk.Stack_Of(u.Construct).Region())
	add("Version", "Version of the contract and of the stack, as in CHANGELOG.md", new(operation.Version))
	return all
}
