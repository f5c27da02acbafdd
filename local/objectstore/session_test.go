package objectstore

import (
	"net/http"
	"testing"
	"time"
)

func TestASessionsEndIsTheEndOfItsURLs(t *testing.T) {
	s := start(t)
	body := []byte("x")
	signed := s.presignPut("a/1", body, nil)
	s.upload = s.as("UploadRole") // renewed
	renewed := s.presignPut("a/2", body, nil)
	s.send(signed, body).want(t, "first session", 200, "")
	s.send(renewed, body).want(t, "second session", 200, "")

	other := s.presignPut("a/3", body, nil)
	s.send(other, body, query("X-Amz-Security-Token", "another")).want(t, "another session's token", 400, "InvalidToken")
	s.send(other, body, func(r *http.Request) {
		q := r.URL.Query()
		q.Del("X-Amz-Security-Token")
		r.URL.RawQuery = q.Encode()
	}).want(t, "no token", 403, "InvalidAccessKeyId")
}

func TestAURLDiesWithItsSignersSession(t *testing.T) {
	s := start(t)
	s.clock.Store(int64(-sessionLength)) // a session of an hour ago
	s.upload = s.as("UploadRole")
	s.clock.Store(0)
	body := []byte("x")
	s.send(s.presignPut("a/1", body, nil), body).want(t, "session ended", 400, "ExpiredToken")
	s.clock.Store(int64(time.Minute - sessionLength)) // one with a minute left
	s.upload = s.as("UploadRole")
	s.clock.Store(0)
	s.send(s.presignPut("a/2", body, nil), body).want(t, "session about to end", 200, "")
}
