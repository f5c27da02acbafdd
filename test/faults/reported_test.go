package faults

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"

	"example.com/presigned/local/events"
)

// backEnd counts the uploads that it gets events of, and fails at random: it answers 503, or hangs up. It may have counted the
// event before, and gets it again. It fails an event three times at most, as an outage that ends.
type backEnd struct {
	mu      sync.Mutex
	fails   map[string]int             // by the event's ID
	counted map[string]map[string]bool // the sequencers that came for a key: more than one are two uploads
}

func (b *backEnd) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var e events.Event
	if err := json.NewDecoder(r.Body).Decode(&e); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	fails := b.fails[e.ID] < 3 && rand.IntN(2) == 0
	if object := e.Detail.Object; !fails || rand.IntN(3) == 0 {
		if b.counted[object.Key] == nil {
			b.counted[object.Key] = map[string]bool{}
		}
		b.counted[object.Key][object.Sequencer] = true
	}
	if !fails {
		return
	}
	if b.fails[e.ID]++; rand.IntN(3) > 0 {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(http.StatusServiceUnavailable)
}

// unreported is what the back end counted wrongly of the user's objects.
func (r *rig) unreported() (wrong []string) {
	r.w.Running.Events.Wait()
	have, err := r.store().Look(r.t.Context())
	if err != nil {
		return []string{"look into the bucket: " + err.Error()}
	}
	b := r.w.told
	b.mu.Lock()
	defer b.mu.Unlock()
	for key := range have.Versions {
		if n := len(b.counted[key]); n != 1 {
			wrong = append(wrong, fmt.Sprintf("%q was counted %d times, want once", key, n))
		}
	}
	for key := range b.counted {
		if strings.HasPrefix(key, r.user+"/") && have.Versions[key] == nil {
			wrong = append(wrong, fmt.Sprintf("%q was reported and is not stored", key))
		}
	}
	return wrong
}
