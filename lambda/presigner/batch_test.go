package presigner

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"example.com/presigned/lambda/operation"
)

// batched sends requests as one batch and returns the results and the log.
func batched(t *testing.T, c Config, requests ...string) ([]map[string]any, string) {
	t.Helper()
	r, log := invoke(t, c, `{"requests":[`+strings.Join(requests, ",")+`]}`)
	if r.StatusCode != 200 || r.Headers["Content-Type"] != "application/json" {
		t.Fatalf("got %d %s %s, want 200", r.StatusCode, r.Headers["Content-Type"], r.Body)
	}
	results := decoded[struct{ Results []map[string]any }](t, r.Body).Results
	if got, want := len(results), len(requests); got != want {
		t.Fatalf("got %d results, want %d", got, want)
	}
	return results, log
}

func TestEachResultOfABatchIsWhatTheRequestAloneGets(t *testing.T) {
	var requests []string
	for _, op := range operation.Table() {
		if !op.NewKey {
			requests = append(requests, full(t, op, nil))
		}
	}
	// The key of a new object has the time, which differs within a batch. The first request has the batch's own.
	requests = slices.Insert(requests, 0, full(t, operation.Table()[0], nil))
	results, log := batched(t, unbounded(), requests...)
	if got, want := strings.Count(log, `"outcome":"issued"`), len(requests); got != want {
		t.Errorf("got %d lines in the log, want one for each of %d operations", got, want)
	}
	for i, request := range requests {
		r, _ := invoke(t, unbounded(), request)
		want := decoded[map[string]any](t, r.Body)
		want["status"] = float64(r.StatusCode)
		if !reflect.DeepEqual(results[i], want) {
			t.Errorf("%s:\n got %v\nwant %v", request, results[i], want)
		}
	}
}

// A refused request gets the same refusal anywhere in a batch, and doesn't affect the other requests.
func TestARefusedRequestOfABatchFailsAlone(t *testing.T) {
	const fine = `{"contentType":"image/png","contentLength":1}`
	for _, tt := range refusals(t) {
		// These rows can't be one request among good ones: the token is wrong, the body is not JSON or is a batch itself, or
		// the credentials have expired, so that each request fails.
		whole := tt.change != nil || !json.Valid([]byte(tt.body)) || tt.code == CredentialsExpired || strings.Contains(tt.name, "batch")
		if whole {
			continue
		}
		for place := range 3 {
			requests := slices.Insert([]string{fine, fine}, place, tt.body)
			results, log := batched(t, tt.configOrDefault(), requests...)
			for i, result := range results {
				if i != place && result["status"] != 200.0 {
					t.Errorf("%s at %d: its neighbor got %v", tt.name, place, result)
				}
			}
			got := results[place]
			if got["code"] != string(tt.code) || got["status"] != float64(Statuses()[tt.code]) || got["url"] != nil {
				t.Errorf("%s at %d: got %v, want %s", tt.name, place, got, tt.code)
			}
			if strings.Count(log, `"outcome":"refused"`) != 1 || strings.Count(log, `"outcome":"issued"`) != 2 {
				t.Errorf("%s at %d: want one line for each operation: %s", tt.name, place, log)
			}
		}
	}
}

func TestKeysWithinABatchDiffer(t *testing.T) {
	results, _ := batched(t, unbounded(), slices.Repeat([]string{`{}`}, 100)...)
	seen := map[any]bool{}
	for _, result := range results {
		seen[result["key"]] = true
	}
	if got, want := len(seen), len(results); got != want {
		t.Errorf("got %d keys, want %d", got, want)
	}
	if got, want := results[0]["key"], "johndoe/1595114575104"; got != want {
		t.Errorf("got first key %v, want the example's %s", got, want)
	}
}

// A client that sends larger batches can continue with batches of this size.
func TestARefusedBatchSaysHowManyRequestsItMayHave(t *testing.T) {
	for _, most := range []int{1, 3} {
		c := unbounded()
		c.MaxBatch = most
		r, _ := invoke(t, c, `{"requests":[{},{},{},{}]}`)
		if p := decoded[Problem](t, r.Body); p.Code != BatchTooLarge || p.MaxBatch != most {
			t.Errorf("got %s, want BatchTooLarge with maxBatch %d", r.Body, most)
		}
	}
}
