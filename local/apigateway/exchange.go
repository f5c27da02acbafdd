package apigateway

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// exchange is one request on its way through the API, and what became of it.
type exchange struct {
	api        *API
	request    *http.Request
	path       string // within the stage, as sent (not decoded)
	requestID  string
	extendedID string // x-amz-apigw-id
	traceID    string // x-amzn-trace-id
	start      time.Time

	resource *resource
	method   *method
	claims   map[string]string // nil without an authorizer
	body     []byte

	refusal            *refusal // nil: an integration answered
	status, length     int
	integrationStatus  int // 0: none was asked
	integrationLatency time.Duration
}

// answer is a response on its way to the client.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a *API) begin(r *http.Request) *exchange {
	var b [40]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	x := &exchange{
		api: a, request: r, start: a.clock(),
		requestID:  fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16]),
		extendedID: base64.URLEncoding.EncodeToString(b[16:27]),
		traceID:    r.Header.Get("X-Amzn-Trace-Id"), // a caller may bring one along
	}
	if x.traceID == "" {
		x.traceID = fmt.Sprintf("Root=1-%08x-%x", x.start.Unix(), b[28:40])
	}
	return x
}

// sourceIP is the address that the connection came from. Nobody in front of the local run could have set a header.
func (x *exchange) sourceIP() string {
	host, _, _ := net.SplitHostPort(x.request.RemoteAddr) // which net/http has written
	return host
}

// compress follows https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-receive-response-with-compressed-payload.html
// for gzip, which browsers and Go ask for first.
func (x *exchange) compress(a *answer, header http.Header) {
	least := x.api.minCompression
	wanted, _, _ := strings.Cut(x.request.Header.Get("Accept-Encoding"), ",")
	if least == nil || len(a.body) < *least || header.Get("Content-Encoding") != "" || strings.TrimSpace(wanted) != "gzip" {
		return
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(a.body) // into memory
	_ = z.Close()
	a.body = b.Bytes()
	header.Set("Content-Encoding", "gzip")
}

func (x *exchange) write(w http.ResponseWriter, a answer) {
	header := w.Header()
	for name, values := range a.header {
		header[name] = values
	}
	header.Set("X-Amzn-RequestId", x.requestID)
	header.Set("X-Amz-Apigw-Id", x.extendedID)
	if x.refusal == nil {
		header.Set("X-Amzn-Trace-Id", x.traceID) // not on gateway responses
	}
	x.compress(&a, header)
	w.WriteHeader(a.status)
	if a.status != http.StatusNoContent && a.status != http.StatusNotModified && x.request.Method != http.MethodHead {
		_, _ = w.Write(a.body) // the client is gone: nobody to tell
	}
}
