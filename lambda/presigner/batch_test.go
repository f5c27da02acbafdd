package presigner_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"example.com/presigned/lambda/operation"
	"example.com/presigned/lambda/presigner"
)

// batched sends requests as one batch and returns the results and the log.
func batched(t *testing.T, c presigner.Config, requests ...string) ([]map[string]any, string) {
	t.Helper()
	r, log := invoke(t, c, `{"requests":[`+strings.Join(requests, ",")+`]}`)
	if r.Status != 200 || r.Headers["Content-Type"] != "application/json" {
		t.Fatalf("got %d %s %s, want 200", r.Status, r.Headers["Content-Type"], r.Body)
	}
	var batch struct{ Results []map[string]any }
	if err := json.Unmarshal([]byte(r.Body), &batch); err != nil {
		t.Fatal(err)
	}
	if got, want := len(batch.Results), len(requests); got != want {
		t.Fatalf("got %d results, want %d", got, want)
	}
	return batch.Results, log
}

// alone is the result that a request gets by itself, with its status.
func alone(t *testing.T, c presigner.Config, request string) map[string]any {
	t.Helper()
	r, _ := invoke(t, c, request)
	var result map[string]any
	if err := json.Unmarshal([]byte(r.Body), &result); err != nil {
		t.Fatal(err)
	}
	result["status"] = float64(r.Status)
	return result
}

func TestEachResultOfABatchIsWhatTheRequestAloneGets(t *testing.T) {
	var requests []string
	for _, op := range operation.Table() {
		if op.NewKey { // its key has the time, which differs within a batch
			requests = append([]string{fullest(t, op)}, requests...)
		} else {
			requests = append(requests, fullest(t, op))
		}
	}
	results, log := batched(t, unbounded(), requests...)
	if got, want := strings.Count(log, `"outcome":"issued"`), len(requests); got != want {
		t.Errorf("got %d lines in the log, want one for each of %d operations", got, want)
	}
	for i, request := range requests[2:] {
		if got, want := results[i+2], alone(t, unbounded(), request); !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %v\nwant %v", request, got, want)
		}
	}
	if got, want := results[0], alone(t, unbounded(), requests[0]); !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %v\nwant %v", requests[0], got, want)
	}
}

// A refused request gets the same refusal anywhere in a batch, and doesn't affect the other requests.
func TestARefusedRequestOfABatchFailsAlone(t *testing.T) {
	const fine = `{"contentType":"image/png","contentLength":1}`
	for _, tt := range refusals() {
		// In these rows the whole batch is refused: the token or the credentials are wrong, the body is not JSON, or it is a
		// batch itself.
		whole := tt.change != nil || !json.Valid([]byte(tt.body)) || tt.code == presigner.CredentialsExpired || strings.Contains(tt.name, "batch") ||
			tt.name == "101 requests"
		if whole {
			continue
		}
		for _, place := range []int{0, 1, 2} {
			requests := []string{fine, fine}
			requests = append(requests[:place], append([]string{tt.body}, requests[place:]...)...)
			results, log := batched(t, tt.in(), requests...)
			for i, result := range results {
				if i != place && result["status"] != 200.0 {
					t.Errorf("%s at %d: its neighbor got %v", tt.name, place, result)
				}
			}
			got := results[place]
			if got["code"] != string(tt.code) || got["status"] != float64(presigner.Statuses()[tt.code]) || got["url"] != nil {
				t.Errorf("%s at %d: got %v, want %s", tt.name, place, got, tt.code)
			}
			if strings.Count(log, `"outcome":"refused"`) != 1 || strings.Count(log, `"outcome":"issued"`) != 2 {
				t.Errorf("%s at %d: want one line for each operation: %s", tt.name, place, log)
			}
		}
	}
}

func TestKeysWithinABatchDiffer(t *testing.T) {
	requests := make([]string, 100)
	for i := range requests {
		requests[i] = `{}`
	}
	results, _ := batched(t, unbounded(), requests...)
	seen := map[any]bool{}
	for _, result := range results {
		seen[result["key"]] = true
	}
	if got, want := len(seen), len(requests); got != want {
		t.Errorf("got %d keys, want %d", got, want)
	}
	if got, want := results[0]["key"], "johndoe/1595114575104"; got != want {
		t.Errorf("got first key %v, want the article's %s", got, want)
	}
}

// A client that sends larger batches can continue with batches of this size.
func TestARefusedBatchSaysHowManyRequestsItMayHave(t *testing.T) {
	for _, most := range []int{1, 3} {
		c := unbounded()
		c.MaxBatch = most
		r, _ := invoke(t, c, `{"requests":[{},{},{},{}]}`)
		var p presigner.Problem
		if err := json.Unmarshal([]byte(r.Body), &p); err != nil || p.Code != presigner.BatchTooLarge || p.MaxBatch != most {
			t.Errorf("got %s, %v, want BatchTooLarge with maxBatch %d", r.Body, err, most)
		}
	}
}
