package main

import (
	"context"
	"fmt"
	"strings"
)

// existingPool deploys a stage for a user pool that is there already, with an organisation's names. The pool and its user
// stay when the stack goes.
func (s *story) existingPool(ctx context.Context) error {
	pool, err := s.aws("cognito-idp create-user-pool --pool-name employees --query UserPool.Arn --output text")
	if err != nil {
		return err
	}
	_, id, _ := strings.Cut(pool, "/")
	client, err := s.aws("cognito-idp create-user-pool-client --user-pool-id %s --client-name web --query UserPoolClient.ClientId"+
		" --explicit-auth-flows ALLOW_USER_SRP_AUTH ALLOW_REFRESH_TOKEN_AUTH --output text", id)
	if err != nil {
		return err
	}
	// `make configure` fills in a stage that is there, if it has a placeholder. A new one would be a copy of prod.
	if err := s.cdk.writeStage(sharedStage, map[string]any{
		"allowedOrigins": []string{"https://app.example.com"},
		"stackName":      "Acme", "rolePath": "/acme/",
	}); err != nil {
		return err
	}
	snippet, err := s.documents.take("make configure STAGE=acme")
	if err != nil {
		return err
	}
	if _, err := s.shell.enter(strings.NewReplacer("STAGE=acme", "STAGE="+sharedStage,
		"arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_AbCdEfGhI", pool,
		"1h57kf5cpq17m0eml12EXAMPLE,3n4b5urk1ft4fl3mg5e62d9ado", client).Replace(snippet)); err != nil {
		return err
	}
	if err := s.beside(ctx, "Acme", sharedStage, "make destroy CDK_FLAGS=--force STAGE="+sharedStage); err != nil {
		return err
	}
	_, err = s.aws("cognito-idp admin-get-user --user-pool-id %s --username %s", id, s.username)
	return err
}

// embed deploys the app of examples/embed, which is another module and has a user pool of its own.
func (s *story) embed(ctx context.Context) error {
	snippet, err := s.documents.take("cd examples/embed")
	if err != nil {
		return err
	}
	// In brackets, for the folder and CDK_APP are the shell's.
	const app = "(unset CDK_APP\n%s)"
	typed := strings.Replace(snippet, "cdk deploy", "cdk deploy -c architecture="+architecture(), 1)
	if _, err := s.shell.enter(fmt.Sprintf(app, typed)); err != nil {
		return err
	}
	return s.beside(ctx, "Files", "embed", fmt.Sprintf(app, "cd examples/embed\nnpx cdk destroy --force"))
}

// beside uses another stack as a user of its pool does, and removes it.
func (s *story) beside(ctx context.Context, stack, name, remove string) error {
	other := *s
	other.uploads = nil
	other.outputs = s.cdk.outputsFile(name)
	if err := other.readOutputs(stack); err != nil {
		return err
	}
	for _, use := range []func(context.Context) error{other.signUp, other.uploadBoth, other.downloadAll} {
		if err := use(ctx); err != nil {
			return err
		}
	}
	_, err := s.shell.enter(remove)
	return err
}
