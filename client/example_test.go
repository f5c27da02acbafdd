package client_test

import (
	"context"
	"fmt"

	"example.com/presigned/client"
	"example.com/presigned/client/signin"
)

// Sign in, upload eleven bytes, and see their key. All five settings are outputs of the stack.
func Example() {
	ctx := context.Background()
	user, err := signin.New(signin.Config{
		Region: "eu-west-1", UserPoolID: "eu-west-1_Ab12Cd34", AppClientID: "1h57kf5cpq17m0eml12EXAMPLE",
		Endpoint: "", // of the local run: its output LocalCognitoUrl
	})
	if err != nil {
		panic(err)
	}
	tokens, err := user.SignIn(ctx, "johndoe", "correct horse battery staple", nil)
	if err != nil {
		panic(err)
	}
	files, err := client.New(client.Config{
		UploadURL: "https://abc123.execute-api.eu-west-1.amazonaws.com/v1/generate-presigned-url",
		Token:     func(context.Context) (string, error) { return tokens.AccessToken, nil },
	})
	if err != nil {
		panic(err)
	}
	stored, err := files.Upload(ctx, client.Bytes("hello.txt", "text/plain", []byte("hello world")))
	if err != nil {
		panic(err)
	}
	fmt.Println(stored.Key) // such as johndoe/1595114575104-hello.txt
}
