package main

import (
	"errors"
	"os"
	"path/filepath"

	"example.com/presigned/test/leaks"
)

// records are what the stack wrote and refused with. They are searched at the end, when the credentials of all
// functions are known: one that a function prints as it starts would be missed before.
type records struct{ log, refusals *os.File }

// newRecords makes the files build/load/local.log and refusals.log.
func newRecords(root string) (r records, err error) {
	dir := filepath.Join(root, "build", "load")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return r, err
	}
	for name, to := range map[string]**os.File{"local.log": &r.log, "refusals.log": &r.refusals} {
		// Both are written by several.
		*to, err = os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_TRUNC|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return r, err
		}
	}
	return r, nil
}

func (r records) search(search *leaks.Search) error {
	var failed error
	for where, file := range map[string]*os.File{"the local run": r.log, "a refusal": r.refusals} {
		text, err := os.ReadFile(file.Name())
		search.Text(where, string(text))
		failed = errors.Join(failed, err)
	}
	return failed
}

func (r records) close() { _ = errors.Join(r.log.Close(), r.refusals.Close()) }
