package command

import (
	"example.com/presigned/local/stack"

	"github.com/spf13/pflag"
)

// assemblyFlags are those that say what to serve.
func assemblyFlags(f *pflag.FlagSet, cfg *stack.Config) {
	f.StringVar(&cfg.Assembly, "assembly", "build/local-assembly", "folder that `cdk synth` wrote")
	f.StringVar(&cfg.Data, "data", "", "keep the objects in this folder (default: a temporary one)")
}

// addressFlags are those that say where. All addresses must be on loopback.
func addressFlags(f *pflag.FlagSet, cfg *stack.Config) {
	f.StringVar(&cfg.API, "api", "127.0.0.1:8080", "address of the REST API; port 0 takes a free one, and so does each address that you leave out if its port is taken")
	f.StringVar(&cfg.S3, "s3", "127.0.0.1:8081", "address of S3")
	f.StringVar(&cfg.S3Endpoint, "s3-endpoint", "", "URL of a relay before S3, to be signed instead of S3's own")
	f.StringVar(&cfg.Cognito, "cognito", "127.0.0.1:8082", "address of Cognito")
	f.StringVar(&cfg.Page, "page", "127.0.0.1:8083", "address of the page")
	f.StringVar(&cfg.PageDir, "page-dir", "web/dist", "folder of the built page")
	f.StringVar(&cfg.Contract, "contract", "docs/openapi.json", "OpenAPI document, served beside the page as /openapi.json")
	f.StringVar(&cfg.Webhook, "webhook", "", "URL of your back end, which gets a POST for each completed upload")
	f.StringVar(&cfg.WebhookSecret, "webhook-secret", "local-secret", "secret that the webhook is sent in its header, X-Webhook-Secret unless the stage has another")
	f.StringVar(&cfg.OutputsFile, "outputs", "build/local-outputs.json", "write the stack's outputs to this file")
}
