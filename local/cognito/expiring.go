package cognito

import (
	"maps"
	"time"
)

// expiring keeps values until they expire. The caller holds the pool's lock.
type expiring[V any] map[string]entry[V]

type entry[V any] struct {
	value   V
	expires time.Time
}

// put adds a value and drops those that have expired, so that a local run of days does not grow.
func (e expiring[V]) put(key string, v V, now time.Time, life time.Duration) {
	e.remove(func(old entry[V]) bool { return !now.Before(old.expires) })
	e[key] = entry[V]{v, now.Add(life)}
}

func (e expiring[V]) get(key string, now time.Time) (v V, ok bool) {
	if found := e[key]; now.Before(found.expires) {
		return found.value, true
	}
	return v, false
}

func (e expiring[V]) remove(which func(entry[V]) bool) {
	maps.DeleteFunc(e, func(_ string, v entry[V]) bool { return which(v) })
}
