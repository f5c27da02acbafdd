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

// RunTablesInBatches runs the rows of all tables of a name once more, with each request to an endpoint as the one at that
// place of a batch, from 0, beside requests that must be granted. A row must get there what it gets alone.
func RunTablesInBatches(t *testing.T, x *Target, name string, places ...int) {
	t.Helper()
	for _, table := range Tables() {
		if table.Name != name {
			continue
		}
		for _, r := range table.Rows {
			// The request model doesn't look into a batch. A row that sends the same past the model takes its place.
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

// batchRows are what only a batch can be asked.
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
		}, 200, "", "batch: one that is refused fails alone"},
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

// filenameRows put names into keys that try to leave the prefix, or that something on the way might rewrite.
func filenameRows() []Row {
	return []Row{{"each stays in the caller's prefix", func(x *Try) harness.Answer {
		var last harness.Answer
		for _, name := range []string{
			"banana.json", "../../alice/1", "..", ".", "/", "a/b", `a\b`, "%2e%2e%2f", "a b+c&d=e?f#g", "j\u043Ehndoe", "\u65e5\u672c\u8a9e.txt", "_2F_", "\u202egnp.exe",
			strings.Repeat("\u0434", 140) + ".pdf", strings.Repeat("a", 251) + ".txt", strings.Repeat("\U0001F600", 255),
		} {
			quoted, err := json.Marshal(name)
			if err != nil {
				x.Fatal(err)
			}
			p := x.put(fmt.Sprintf(`{"contentType":"text/plain","contentLength":%d,"filename":%s}`, len(content), quoted))
			prefix, end, _ := strings.Cut(p.Key, "/")
			if prefix != x.Me.Prefix || strings.Contains(end, "/") || len(end) > 255 || strings.ContainsFunc(end, func(r rune) bool { return r <= ' ' || r > '~' || r == '%' }) {
				x.Errorf("%q: got key %q, want one plain segment of at most 255 bytes below %s/", name, p.Key, x.Me.Prefix)
			}
			if last = x.send(p.Request([]byte(content))); last.Status != http.StatusOK {
				x.Errorf("%q: upload to %q: got %d %s", name, p.Key, last.Status, last.Body)
			}
		}
		return last
	}, 200, "", "encodeSegment: the same reversible encoding as for usernames"}}
}
