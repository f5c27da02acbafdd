// Package faults disturbs the connections between the client and the stack, and checks afterwards that no byte was lost or
// doubled, that a notice names each multipart upload that is left, and that the user was told what happened.
//
// toxiproxy disturbs bytes (link_test.go), a reverse proxy disturbs requests (gate_test.go). Both are between the real client and the real local run. The client's connections are redirected when they
// are dialled, so that the host in a presigned URL stays the signed one.
//
// docs/reliability.md lists the faults and the results.
package faults
