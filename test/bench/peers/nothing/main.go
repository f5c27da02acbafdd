// Command nothing answers every HTTP request with one and the same document, and does nothing else: no Go program behind
// net/http answers more requests a second on this machine. It prints its URL, and runs until it is killed.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
)

// answer is as long as one of ours.
var answer = fmt.Sprintf(`{"url":"%01024d"}`, 0)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s/\n", listener.Addr())
	log.Fatal(http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, answer)
	})))
}
