package client_test

import "testing"

// A stack with bounds requires a length, and 0 is a valid one.
func TestAnEmptyFileGoesUpWhereUploadsAreBounded(t *testing.T) {
	r := newRig(t)
	r.stack.MaxUploadBytes = mib
	_, file := onDisk(t, nil)
	result, err := r.Upload(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	r.stored(t, result.Key, nil, 1)
}
