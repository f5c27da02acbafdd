package faults

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"

	"example.com/presigned/local/events"
)

// backEnd counts the uploads that it gets events of, and fails at random: it answers 503, or hangs up before or after it has
// counted. It fails an event a few times at most, as an outage that ends.
type backEnd struct {
	mu      sync.Mutex
	fails   map[string]int             // by the event's ID
	counted map[string]map[string]bool // the sequencers that came for a key: more than one are two uploads
}

func newBackEnd() *backEnd {
	return &backEnd{fails: map[string]int{}, counted: map[string]map[string]bool{}}
}

func (b *backEnd) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var e events.Event
	if err := json.NewDecoder(r.Body).Decode(&e); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	trouble := rand.IntN(6)
	if b.fails[e.ID] == 3 {
		trouble = -1
	}
	switch trouble {
	case 0:
		b.fails[e.ID]++
		w.WriteHeader(http.StatusServiceUnavailable)
	case 1:
		b.fails[e.ID]++
		panic(http.ErrAbortHandler)
	case 2:
		b.fails[e.ID]++
		b.count(e)
		panic(http.ErrAbortHandler) // the event comes again
	default:
		b.count(e)
	}
}

func (b *backEnd) count(e events.Event) {
	object := e.Detail.Object
	if b.counted[object.Key] == nil {
		b.counted[object.Key] = map[string]bool{}
	}
	b.counted[object.Key][object.Sequencer] = true
}

// differences compares what was counted below a prefix with the keys that are stored.
func (b *backEnd) differences(prefix string, stored []string) (wrong []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, key := range stored {
		if n := len(b.counted[key]); n != 1 {
			wrong = append(wrong, fmt.Sprintf("%q was counted %d times, want once", key, n))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(b.counted)) {
		if strings.HasPrefix(key, prefix) && !slices.Contains(stored, key) {
			wrong = append(wrong, fmt.Sprintf("%q was reported and is not stored", key))
		}
	}
	return wrong
}

// unreported is what the back end counted wrongly of the user's objects.
func (r *rig) unreported() []string {
	r.w.Running.Events.Wait()
	have, err := r.store().Look(r.t.Context())
	if err != nil {
		return []string{"look into the bucket: " + err.Error()}
	}
	return r.w.told.differences(r.user+"/", slices.Sorted(maps.Keys(have.Versions)))
}
