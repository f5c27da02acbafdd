package presigner

import (
	"bytes"
	"errors"
)

// event is the part of API Gateway's REST proxy event that decides anything.
type event struct {
	body      string
	isBase64  bool
	origin    string
	requestID string
	claims    claims
}

func decodeEvent(payload []byte) (event, error) {
	var e event
	s := scanner{rest: payload}
	for name := range s.members() {
		switch string(name) {
		case "body":
			e.body = s.text()
		case "isBase64Encoded":
			e.isBase64 = s.flag()
		case "headers":
			e.decodeHeaders(&s)
		case "requestContext":
			e.decodeContext(&s)
		}
	}
	if s.broken || s.next() != 0 {
		return event{}, errors.New("decode proxy event: not the JSON object that API Gateway sends")
	}
	return e, nil
}

func (e *event) decodeHeaders(s *scanner) {
	for name := range s.members() {
		// Header names arrive as the client spelled them.
		if bytes.EqualFold(name, []byte("origin")) {
			e.origin = s.text()
		}
	}
}

func (e *event) decodeContext(s *scanner) {
	for name := range s.members() {
		switch string(name) {
		case "requestId":
			e.requestID = s.text()
		case "authorizer":
			for name := range s.members() {
				if string(name) == "claims" {
					e.claims.decode(s)
				}
			}
		}
	}
}
