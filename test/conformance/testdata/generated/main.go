// The main job with the client that OpenAPI Generator makes for Go.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"

	client "example.org/generated/client"
)

const content = "bananas"

func main() {
	config := client.NewConfiguration()
	config.Servers = client.ServerConfigurations{{URL: os.Getenv("API_URL")}}
	api := client.NewAPIClient(config).DefaultAPI
	ctx := context.WithValue(context.Background(), client.ContextAccessToken, os.Getenv("ACCESS_TOKEN"))

	put := client.PutObjectRequest{ContentType: client.PtrString("text/plain"), ContentLength: client.PtrInt64(int64(len(content)))}
	up, _, err := api.PresignUpload(ctx).PresignUploadRequest(client.PutObjectRequestAsPresignUploadRequest(&put)).Execute()
	check("upload", err, func() bool { return send(up.Answer) != nil })

	get := client.GetObjectRequest{Key: up.Answer.GetKey()}
	down, _, err := api.PresignDownload(ctx).PresignDownloadRequest(client.GetObjectRequestAsPresignDownloadRequest(&get)).Execute()
	check("download", err, func() bool { return string(send(down.Answer)) == content })

	second := client.PutObjectRequestAsBatchUploadRequestRequestsInner(&put)
	both := client.BatchUploadRequest{Requests: []client.BatchUploadRequestRequestsInner{second, second}}
	batch, _, err := api.PresignUpload(ctx).PresignUploadRequest(client.BatchUploadRequestAsPresignUploadRequest(&both)).Execute()
	check("batch", err, func() bool {
		return len(batch.BatchAnswer.Results) == 2 && batch.BatchAnswer.Results[1].BatchResult.Method == "PUT"
	})

	others := client.GetObjectRequest{Key: "alice/1"}
	_, refused, _ := api.PresignDownload(ctx).PresignDownloadRequest(client.GetObjectRequestAsPresignDownloadRequest(&others)).Execute()
	check("refusal", nil, func() bool { return refused != nil && refused.StatusCode == http.StatusForbidden })
}

// send sends exactly what was answered.
func send(a *client.Answer) []byte {
	request, err := http.NewRequest(a.Method, a.Url, bytes.NewReader([]byte(content)))
	if err != nil {
		return nil
	}
	for name, value := range a.Headers {
		request.Header.Set(name, value)
	}
	if a.Method == http.MethodGet {
		request.Body, request.ContentLength = nil, 0
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil || response.StatusCode != http.StatusOK {
		return nil
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil
	}
	return body
}

func check(name string, err error, ok func() bool) {
	if err == nil && ok() {
		fmt.Println("pass", name)
		return
	}
	fmt.Printf("fail %s: %v\n", name, err)
	os.Exit(1)
}
