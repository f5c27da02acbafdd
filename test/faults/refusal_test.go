package faults

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"example.com/presigned/client"
)

// operations are all that a round trip asks of S3.
var operations = []string{
	"putObject", "createMultipartUpload", "uploadPart", "completeMultipartUpload", "listObjectsV2", "getObject",
}

// Overload and failure, at each operation once: asked again, and never sooner than a Retry-After says. The kinds are the
// soak's.
func TestRefusalsThatPassAreNotSeenInTheResult(t *testing.T) {
	conflict := s3Refuses(409, "ConditionalRequestConflict", "")
	for _, kind := range []string{"500", "503", "429", "409", "lost", "unsent"} {
		t.Run("S3: "+kind, func(t *testing.T) {
			t.Parallel()
			r := shared.rig(t)
			do := r.act(fault{link: "s3", kind: kind})
			if kind == "409" {
				do = conflict
			}
			for _, name := range operations {
				r.s3.gate.at(name, do)
			}
			r.roundTrip()
			for _, name := range operations {
				if r.s3.gate.count(name) < 2 {
					t.Errorf("%s was sent %d times, want it refused and sent again", name, r.s3.gate.count(name))
				}
			}
		})
	}
	for _, kind := range []string{"429", "429 with Retry-After", "500", "502", "503", "504", "lost"} {
		t.Run("API: "+kind, func(t *testing.T) {
			t.Parallel()
			r := shared.rig(t)
			do := r.act(fault{link: "api", kind: kind})
			if kind == "429 with Retry-After" {
				do = apiRefuses(429, "1")
			}
			r.api.gate.at("ask", do, nil, do, do)
			r.roundTrip()
		})
	}
}

// The PUT was stored, its answer lost, and then its URL or the session behind it has ended: it is looked for under its
// key before it is sent under another.
func TestALostAnswerAndThenARefusedURLDoubleNothing(t *testing.T) {
	for _, row := range []struct{ name, code, message string }{
		{"the URL has expired", "AccessDenied", "Request has expired"},
		{"the session has ended", "ExpiredToken", "The provided token has expired."},
		{"the session is not known", "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r := shared.rig(t)
			status := map[bool]int{true: 400, false: 403}[row.code == "ExpiredToken"]
			text := "<Error><Code>" + row.code + "</Code><Message>" + row.message + "</Message></Error>"
			refused := refuses(status, "application/xml", text, "")
			r.s3.gate.at("putObject", lost(nothing), refused)
			r.s3.gate.at("getObject", refused) // the URL by which the client looks meets the same
			r.roundTrip()
		})
	}
}

// S3 may say 200 to a completion and fail afterwards, in the body.
func TestACompletionThatFailsInTheBodyOfA200IsTriedAgain(t *testing.T) {
	r := shared.rig(t)
	r.s3.gate.at("completeMultipartUpload", s3Refuses(200, "InternalError", ""))
	r.roundTrip()
}

// Refusals that do not pass end in an error that says who refused what, and nothing is stored.
func TestRefusalsThatLastAreToldAndLeaveNothing(t *testing.T) {
	for _, row := range []struct {
		name string
		plan func(r *rig)
		want string
	}{
		{"S3: 503 SlowDown", func(r *rig) { r.s3.gate.always(s3Refuses(503, "SlowDown", "")) }, "S3: Please reduce your request rate (SlowDown, status 503)"},
		{"S3: 500", func(r *rig) { r.s3.gate.always(s3Refuses(500, "InternalError", "")) }, "(InternalError, status 500)"},
		{"S3: no connection holds", func(r *rig) { r.s3.gate.always(unsent(nothing)) }, " 127.0.0.1:"},
		{"API: 429", func(r *rig) { r.api.gate.always(apiRefuses(429, "")) }, "Too Many Requests (no code, status 429)"},
		{"API: 503", func(r *rig) { r.api.gate.always(apiRefuses(503, "")) }, "status 503"},
		{"API: no connection holds", func(r *rig) { r.api.gate.always(unsent(nothing)) }, " 127.0.0.1:"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r := shared.rig(t, func(c *client.Config) { c.Tries = 3 })
			r.file("small", content(1, smallBytes))
			r.file("large", content(2, largeBytes))
			row.plan(r)
			for _, name := range []string{"small", "large"} {
				if _, err := r.upload(t.Context(), name); err == nil || !strings.Contains(err.Error(), row.want) {
					t.Errorf("%s: got %v, want an error that says %q", name, err, row.want)
				}
			}
			r.checkStored(0)
		})
	}
}

// An upload that failed half way is kept, with a notice, and continues when the fault is over.
func TestAnUploadThatFailedHalfWayIsContinuedWhenTheFaultIsOver(t *testing.T) {
	r := shared.rig(t, func(c *client.Config) { c.Tries, c.Parallel = 3, 1 })
	r.file("large", content(2, largeBytes))
	slow := s3Refuses(503, "SlowDown", "")
	r.s3.gate.at("uploadPart", nil, slow, slow, slow)
	_, err := r.upload(t.Context(), "large")
	var kept *client.Resumable
	if !errors.As(err, &kept) || kept.Held != partBytes || !strings.Contains(err.Error(), "SlowDown") {
		t.Fatalf("got %v, want that one part is held, and why", err)
	}
	r.checkStored(0)
	got, err := r.upload(t.Context(), "large")
	if err != nil || got.Key != kept.Key || got.Resumed != partBytes {
		t.Errorf("got %+v, %v, want %q continued", got, err, kept.Key)
	}
	r.checkStored(1)
}

// The answer of another server, such as a hotel's sign-in page, is not mistaken for one from S3 or the endpoint.
func TestAPageOfSomebodyElsesIsNotTakenForAnAnswer(t *testing.T) {
	page := func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<html><body>Welcome to the hotel</body></html>")
	}
	r := shared.rig(t, func(c *client.Config) { c.Tries = 2 })
	r.file("small", content(1, smallBytes))
	r.api.gate.always(page)
	if _, err := r.upload(t.Context(), "small"); err == nil || !strings.Contains(err.Error(), "is it the endpoint of this stack?") {
		t.Errorf("got %v", err)
	}
	r.api.gate.clear()
	r.s3.gate.always(page)
	if _, err := r.upload(t.Context(), "small"); err == nil {
		t.Error("the hotel's page was taken for S3's answer to a PUT")
	}
	r.checkStored(0)
}
