package attack

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"example.com/presigned/lambda/operation"
	"example.com/presigned/test/harness"
)

// batchOf is how many requests a batch of these tests has.
const batchOf = 3

// RunTablesInBatches runs the rows of all tables with a name again, once for each place. It sends each request to an endpoint
// in a batch, at this place (from 0), beside requests that must be granted. A row must get the same answer as alone.
func RunTablesInBatches(t *testing.T, x *Target, name string, places ...int) {
	t.Helper()
	for _, table := range Named(t, name) {
		for _, r := range table.Rows {
			// The request model doesn't check the requests in a batch. Other rows send the same past the model, and run here.
			if r.Code == "BadRequestBody" || r.Code == "InvalidJSON" {
				continue
			}
			for _, place := range places {
				t.Run(fmt.Sprintf("%s, at %d of a batch", r.Name, place), func(t *testing.T) {
					for _, failure := range judge(&Try{Target: x, ctx: t.Context(), batched: true, place: place}, table, r).Failures {
						t.Error(failure)
					}
				})
			}
		}
	}
}

// askInBatch posts a body as one request of a batch and returns the result that it got.
func (x *Try) askInBatch(url, token, contentType, body string) harness.Answer {
	neighbor := fmt.Sprintf(`{"contentType":%q,"contentLength":1}`, x.ContentType)
	switch url {
	case x.DownloadURL:
		neighbor = `{"operation":"getObject","key":"johndoe/1"}`
	case x.DeleteURL:
		neighbor = `{"operation":"deleteObject","key":"johndoe/1"}`
	}
	requests := make([]string, batchOf)
	for i := range requests {
		requests[i] = neighbor
	}
	requests[x.place] = body
	whole := x.post(url, token, contentType, `{"requests":[`+strings.Join(requests, ",")+`]}`)
	if whole.Status != http.StatusOK {
		return whole // refused as a whole, such as for its token
	}
	var batch struct{ Results []json.RawMessage }
	if err := json.Unmarshal(whole.Body, &batch); err != nil || len(batch.Results) != batchOf {
		x.Fatalf("got %d results, %v, want %d", len(batch.Results), err, batchOf)
	}
	var mine harness.Answer
	for i, text := range batch.Results {
		var result struct{ Status int }
		if err := json.Unmarshal(text, &result); err != nil {
			x.Fatal(err)
		}
		if i == x.place {
			mine = harness.Answer{Status: result.Status, Header: whole.Header, Body: text}
		} else if result.Status != http.StatusOK {
			x.Errorf("the neighbor at %d got %s, want 200: %.300s", i, http.StatusText(result.Status), text)
		}
	}
	return mine
}

// batchRows test what only a batch can do.
func batchRows() []Row {
	const bounds = "decodeBatch"
	of := func(n int) string { return `{"requests":[{}` + strings.Repeat(`,{}`, n-1) + `]}` }
	return []Row{
		{"each request gets its own result", func(x *Try) harness.Answer {
			x.batched, x.place = true, 1
			refused := x.ask(x.UploadURL, x.Me.AccessToken, `{"operation":"noSuchOperation"}`)
			if refused.Status != http.StatusBadRequest {
				x.Errorf("the request in the middle got %d, want 400", refused.Status)
			}
			return x.send(x.put(sized(len(content))).Request([]byte(content)))
		}, 200, "", "batch: a refused request doesn't fail the others"},
		{"101 requests", asks(operation.Upload, of(101)), 413, "BatchTooLarge", bounds},
		{"no request", asks(operation.Upload, `{"requests":[]}`), 400, "InvalidRequest", bounds},
		{"no array", asks(operation.Upload, `{"requests":{}}`), 400, "BadRequestBody", "the request model"},
		{"beside another field", asks(operation.Upload, `{"requests":[{}],"contentLength":1}`), 400, "InvalidRequest", bounds},
		{"a batch in a batch", func(x *Try) harness.Answer {
			x.batched, x.place = true, 1
			return x.ask(x.UploadURL, x.Me.AccessToken, of(2))
		}, 400, "InvalidRequest", "decodeRequest: a request has no field requests"},
	}
}
