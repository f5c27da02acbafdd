// Command bare is how little a signer can be in Go: its own loop, its own signature, no check of anything. It is the
// limit that the benchmark compares the real one with, and is never shipped.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strconv"
	"time"
)

func main() {
	runtime.GOMAXPROCS(1)
	fmt.Fprintln(os.Stderr, "bare:", run(os.Getenv("AWS_LAMBDA_RUNTIME_API"), newSigner(os.Getenv)))
	os.Exit(1)
}

// run asks for events on one connection, and writes each answer and the next question with one write each.
// It ends with an error only.
func run(host string, s *signer) error {
	conn, err := net.Dial("tcp", host)
	if err != nil {
		return err
	}
	next := []byte("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
	in := bufio.NewReaderSize(conn, 16<<10)
	var body, answer, message []byte
	for {
		if _, err := conn.Write(next); err != nil {
			return err
		}
		var requestID string
		if requestID, body, err = readMessage(in, body); err != nil {
			return err
		}
		username, contentType, err := decode(body)
		if err != nil {
			return err
		}
		answer = s.answer(answer[:0], username, contentType, time.Now())
		message = append(message[:0], "POST /2018-06-01/runtime/invocation/"+requestID+"/response HTTP/1.1\r\nHost: "+host+"\r\nContent-Length: "...)
		message = append(append(strconv.AppendInt(message, int64(len(answer)), 10), "\r\n\r\n"...), answer...)
		if _, err := conn.Write(message); err != nil {
			return err
		}
		if _, body, err = readMessage(in, body); err != nil {
			return err
		}
	}
}

// readMessage reads a response with a Content-Length into body's memory.
func readMessage(in *bufio.Reader, body []byte) (requestID string, _ []byte, _ error) {
	length := 0
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return "", nil, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return "", nil, err
			}
		case bytes.EqualFold(name, []byte("Lambda-Runtime-Aws-Request-Id")):
			requestID = string(value)
		}
	}
	if cap(body) < length {
		body = make([]byte, length)
	}
	body = body[:length]
	_, err := io.ReadFull(in, body)
	return requestID, body, err
}

// decode takes the caller and the content type out of a proxy event, as any Go handler would.
func decode(payload []byte) (username, contentType string, err error) {
	var event struct {
		Body           string
		RequestContext struct {
			Authorizer struct {
				Claims struct{ Username string }
			}
		}
	}
	if err := json.Unmarshal(payload, &event); err != nil {
		return "", "", err
	}
	var body struct{ ContentType string }
	err = json.Unmarshal([]byte(event.Body), &body)
	return event.RequestContext.Authorizer.Claims.Username, body.ContentType, err
}
