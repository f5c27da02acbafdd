package stack

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// endpoint is what a stack is asked at, with a token that it issued.
type endpoint struct{ url, token string }

// load is what came of a number of clients, each of which asks again as soon as it is answered.
type load struct {
	times    []float64 // milliseconds of each request that got a presigned URL
	errors   int       // other answers, and none
	first    string    // the first of these
	duration time.Duration
}

func (l load) rate() float64 { return float64(len(l.times)) / l.duration.Seconds() }

// press loads an endpoint. The clients are lean, since they take their CPU time from the stack: one connection and one
// prepared request each.
func press(ctx context.Context, to endpoint, clients int, duration time.Duration) (load, error) {
	address, request, err := prepare(to)
	if err != nil {
		return load{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, duration)
	defer cancel()
	results := make([]load, clients)
	start := time.Now()
	var done sync.WaitGroup
	for i := range results {
		done.Go(func() { results[i] = ask(ctx, address, request) })
	}
	done.Wait()
	all := load{duration: time.Since(start)}
	for _, r := range results {
		all.times = append(all.times, r.times...)
		all.errors += r.errors
		if all.first == "" {
			all.first = r.first
		}
	}
	return all, nil
}

func prepare(to endpoint) (address string, request []byte, err error) {
	u, err := url.Parse(to.url)
	if err != nil {
		return "", nil, err
	}
	const body = `{"contentType":"image/png"}`
	return u.Host, fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		u.Path, u.Host, to.token, len(body), body), nil
}

// ask is one client.
func ask(ctx context.Context, address string, request []byte) load {
	var l load
	for ctx.Err() == nil {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			l.fail(err.Error())
			return l
		}
		l.converse(ctx, conn, request)
		conn.Close()
	}
	return l
}

// converse asks on one connection until the time is over or the connection is.
func (l *load) converse(ctx context.Context, conn net.Conn, request []byte) {
	for in := bufio.NewReader(conn); ctx.Err() == nil; {
		start := time.Now()
		if _, err := conn.Write(request); err != nil {
			l.fail(err.Error())
			return
		}
		response, err := http.ReadResponse(in, nil)
		if err != nil {
			l.fail(err.Error())
			return
		}
		body, err := io.ReadAll(response.Body)
		switch {
		case err != nil:
			l.fail(err.Error())
			return
		case response.StatusCode != http.StatusOK:
			l.fail(fmt.Sprintf("%s %.200s", response.Status, body))
		default:
			l.times = append(l.times, float64(time.Since(start).Nanoseconds())/1e6)
		}
		if response.Close {
			return
		}
	}
}

func (l *load) fail(what string) {
	l.errors++
	if l.first == "" {
		l.first = what
	}
}
