package fakestack

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
)

// Fault takes the place of one request's handling; next is what would have handled it.
type Fault func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc)

// Plan makes the next requests of that name in the log meet these faults, one each; nil is none.
func (s *Stack) Plan(name string, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[name] = append(s.faults[name], faults...)
}

// Refuse answers as S3 does, without acting.
func Refuse(status int, code, message string) Fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
		_, _ = io.Copy(io.Discard, r.Body)
		refuse(w, status, code, message)
	}
}

// Expired is what S3 answers to a presigned URL past its time.
func Expired() Fault { return Refuse(http.StatusForbidden, "AccessDenied", "Request has expired") }

// SessionEnded is what S3 answers to a presigned URL whose signer's session is over.
func SessionEnded() Fault {
	return Refuse(http.StatusBadRequest, "ExpiredToken", "The provided token has expired.")
}

// Problem answers as the endpoint does, without acting.
func Problem(status int, code, detail string) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) { problem(w, status, code, detail) }
}

// RetryAfter is a fault with a Retry-After header on it.
func RetryAfter(seconds string, f Fault) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		w.Header().Set("Retry-After", seconds)
		f(w, r, next)
	}
}

// Redirect sends the request elsewhere, without acting.
func Redirect(to string) Fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
		http.Redirect(w, r, to, http.StatusTemporaryRedirect)
	}
}

// After does something, and then the fault.
func After(do func(), f Fault) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		do()
		f(w, r, next)
	}
}

// First does something, then handles the request.
func First(do func()) Fault {
	return After(do, func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) { next(w, r) })
}

// Cut closes the connection after so many bytes of the request's body, without acting.
func Cut(bytes int64) Fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
		_, _ = io.CopyN(io.Discard, r.Body, bytes)
		hangUp(w)
	}
}

// Stop does something, such as ending the client's context, and closes the connection without acting.
func Stop(do func()) Fault { return After(do, Cut(0)) }

// CutAnswer acts, and closes the connection after so many bytes of the answer's body.
func CutAnswer(bytes int) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		answer := httptest.NewRecorder()
		next(answer, r)
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		body := answer.Body.Bytes()
		_, _ = w.Write(body[:min(bytes, len(body))])
		panic(http.ErrAbortHandler) // closes the connection without a log line
	}
}

// Lose acts, and closes the connection instead of answering.
func Lose() Fault { return LoseThen(func() {}) }

// LoseThen is Lose, and does something before the connection is closed.
func LoseThen(do func()) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		next(httptest.NewRecorder(), r)
		do()
		hangUp(w)
	}
}

// Silent never answers. It ends when the client gives up.
func Silent() Fault {
	return func(_ http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}
}

func hangUp(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}
