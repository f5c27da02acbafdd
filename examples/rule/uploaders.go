package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"example.com/presigned/lambda/presigner"
)

// uploaders is a DynamoDB table with a row for each user who may upload: prefix (S, the partition key), the user's key
// prefix, and mayUploadUntil (N), seconds since 1970.
type uploaders struct {
	client *dynamodb.Client
	table  string
	now    func() time.Time
}

func newUploaders(settings aws.Config, table string, now func() time.Time) *uploaders {
	client := dynamodb.NewFromConfig(settings, func(o *dynamodb.Options) {
		o.RetryMaxAttempts = 2 // the function has 3 seconds in all
	})
	return &uploaders{client: client, table: table, now: now}
}

// check implements presigner.Check.
func (u *uploaders) check(ctx context.Context, caller presigner.Caller, request presigner.Request) error {
	if !request.Operation.NewKey { // the rule applies only to starting an upload
		return nil
	}
	row, err := u.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &u.table,
		Key:       map[string]types.AttributeValue{"prefix": &types.AttributeValueMemberS{Value: caller.Prefix}},
	})
	if err != nil {
		return fmt.Errorf("look %q up in table %q: %w", caller.Prefix, u.table, err)
	}
	if row.Item == nil {
		return &presigner.Refusal{Code: "NotAnUploader", Detail: "you may not upload: ask your project's owner to add you"}
	}
	number, _ := row.Item["mayUploadUntil"].(*types.AttributeValueMemberN)
	if number == nil {
		return fmt.Errorf("row %q of table %q has no number mayUploadUntil", caller.Prefix, u.table)
	}
	until, err := strconv.ParseInt(number.Value, 10, 64)
	if err != nil {
		return fmt.Errorf("row %q of table %q: mayUploadUntil: %w", caller.Prefix, u.table, err)
	}
	if end := time.Unix(until, 0); !u.now().Before(end) {
		return &presigner.Refusal{Code: "UploadsEnded", Detail: "you could upload until " + end.UTC().Format(time.RFC3339)}
	}
	return nil
}
