// Package faults breaks what is between the client and the stack, and looks afterwards whether a byte was lost or
// doubled, whether a multipart upload was left without a word, and whether the person was told what happened.
//
// toxiproxy disturbs the bytes, or our own relay where the exact byte matters (relay_test.go); requests
// by a reverse proxy (gate_test.go). Both are between the real client and the real local run: the client's
// connections are redirected when they are dialled, so that the host in a presigned URL stays the one that is signed.
//
// docs/faults.md lists what is done and what holds. It imports local, client and the test harness.
package faults
