package attack

import (
	"encoding/json"
	"net/http"
	"strings"

	"example.com/presigned/lambda/operation"
	"example.com/presigned/test/harness"
)

// askTogether asks for uploads in one batch, and returns the result of each request.
func (x *Try) askTogether(requests ...string) []harness.Answer {
	whole := x.ask(x.UploadURL, x.Me.AccessToken, `{"requests":[`+strings.Join(requests, ",")+`]}`)
	var batch struct{ Results []json.RawMessage }
	if err := json.Unmarshal(whole.Body, &batch); err != nil || len(batch.Results) != len(requests) {
		x.Fatalf("got %d with %d results, %v, want %d", whole.Status, len(batch.Results), err, len(requests))
	}
	answers := make([]harness.Answer, len(requests))
	for i, text := range batch.Results {
		var result struct{ Status int }
		if err := json.Unmarshal(text, &result); err != nil {
			x.Fatal(err)
		}
		answers[i] = harness.Answer{Status: result.Status, Header: whole.Header, Body: text}
	}
	return answers
}

// batchRows test what only a batch can do. A request in a batch gets what it gets alone, as lambda/presigner tests for every
// operation and refusal.
func batchRows() []Row {
	const bounds = "decodeBatch"
	of := func(n int) string { return `{"requests":[{}` + strings.Repeat(`,{}`, n-1) + `]}` }
	return []Row{
		{"each request gets its own result", func(x *Try) harness.Answer {
			answers := x.askTogether(sized(1), `{"operation":"noSuchOperation"}`, sized(len(content)))
			if first, second := answers[0].Status, answers[1].Status; first != http.StatusOK || second != http.StatusBadRequest {
				x.Errorf("the first two requests got %d and %d, want 200 and 400", first, second)
			}
			var last harness.Presigned
			if err := json.Unmarshal(answers[2].Body, &last); err != nil || answers[2].Status != http.StatusOK {
				x.Fatalf("the last request got %d, %v, want 200", answers[2].Status, err)
			}
			return x.send(last.Request([]byte(content)))
		}, 200, "", "batch: a refused request doesn't fail the others"},
		{"101 requests", asks(operation.Upload, of(101)), 413, "BatchTooLarge", bounds},
		{"no request", asks(operation.Upload, `{"requests":[]}`), 400, "InvalidRequest", bounds},
		{"no array", asks(operation.Upload, `{"requests":{}}`), 400, "BadRequestBody", "the request model"},
		{"beside another field", asks(operation.Upload, `{"requests":[{}],"contentLength":1}`), 400, "InvalidRequest", bounds},
		{"a batch in a batch", func(x *Try) harness.Answer { return x.askTogether(sized(1), of(2))[1] }, 400, "InvalidRequest", "decodeRequest: a request has no field requests"},
	}
}
