// Package runtimeapi carries aws-lambda-go's requests to the Lambda Runtime API.
//
// net/http's own transport serves any number of hosts: with two goroutines for each connection, and with a write of
// its own for the headers of a body whose length it is not told. A function has one neighbour, and asks it one thing
// after the other. Writing and reading in place takes a fifth off the CPU time of a request and an eighth off the
// first answer of a cold start (docs/benchmarks.md).
//
// Only lambda/main.go may import it. It imports the standard library only, and needs no IAM action.
package runtimeapi

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
)

// Transport is an http.RoundTripper to one host, over plain HTTP. It is safe for concurrent use: each request under
// way has a connection to itself, and one connection is kept for the next.
//
// It never sends a request twice. When the Runtime API is gone, aws-lambda-go ends the process, and Lambda starts
// another.
type Transport struct {
	host   string          // "127.0.0.1:9001"
	dialer *http.Transport // its DialContext only
	kept   chan *connection
}

// New returns a Transport to the host that AWS_LAMBDA_RUNTIME_API names, with connections as dialer makes them.
func New(host string, dialer *http.Transport) *Transport {
	return &Transport{host: host, dialer: dialer, kept: make(chan *connection, 1)}
}

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(request *http.Request) (*http.Response, error) {
	conn, err := t.connect(request)
	if err != nil {
		if request.Body != nil {
			_ = request.Body.Close() // the dial's error is the one to tell
		}
		return nil, err
	}
	stop := context.AfterFunc(request.Context(), func() { _ = conn.stream.Close() })
	defer stop()
	response, err := conn.exchange(request)
	if err != nil {
		_ = conn.stream.Close() // the exchange's error is the one to tell
		return nil, err
	}
	response.Body = &body{ReadCloser: response.Body, release: func(err error) { t.release(conn, err == nil && !response.Close) }}
	return response, nil
}

// connect takes the connection that was kept, or makes one.
func (t *Transport) connect(request *http.Request) (*connection, error) {
	if url := request.URL; url.Scheme != "http" || url.Host != t.host {
		return nil, fmt.Errorf("request to %s://%s: this function calls http://%s only", url.Scheme, url.Host, t.host)
	}
	select {
	case conn := <-t.kept:
		return conn, nil
	default:
	}
	stream, err := t.dialer.DialContext(request.Context(), "tcp", t.host)
	if err != nil {
		return nil, err
	}
	return &connection{stream: stream, in: bufio.NewReaderSize(stream, 8<<10)}, nil // most events fit into one read
}

func (t *Transport) release(conn *connection, reusable bool) {
	if reusable {
		select {
		case t.kept <- conn:
			return
		default: // one is kept already
		}
	}
	_ = conn.stream.Close() // nothing is under way on it
}

type connection struct {
	stream io.ReadWriteCloser
	in     *bufio.Reader
	out    bytes.Buffer
}

// exchange writes a request in one piece, and reads the head of its response.
func (c *connection) exchange(request *http.Request) (*http.Response, error) {
	c.out.Reset()
	if err := request.Write(&c.out); err != nil {
		return nil, err
	}
	if _, err := c.stream.Write(c.out.Bytes()); err != nil {
		return nil, err
	}
	return http.ReadResponse(c.in, request)
}

// body gives its connection back when it is closed, which reads what is left of it.
type body struct {
	io.ReadCloser
	release func(error) // nil once it was called
}

func (b *body) Close() error {
	err := b.ReadCloser.Close()
	if b.release != nil {
		b.release(err)
		b.release = nil
	}
	return err
}
