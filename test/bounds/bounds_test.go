// Package bounds attacks a stage that bounds its uploads. It is not in package attack because a process can run
// one S3 gateway only.
package bounds

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"testing"

	"example.com/presigned/test/harness"
)

// The bounded stage takes objects of 20 MiB in parts of 8 MiB, of three kinds of content type.
func TestBounds(t *testing.T) {
	s, err := harness.Start("bounded-assembly")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	token := s.TokenOf("johndoe")
	const content = "nineteen bytes here"
	asks := func(body string) func(t *testing.T) harness.Answer {
		return func(t *testing.T) harness.Answer { return harness.Ask(t, s.UploadURL, token, body) }
	}
	p := harness.Presign(t, s.UploadURL, token, `{"operation":"createMultipartUpload","contentType":"image/png"}`)
	if p.PartSize != 8<<20 || p.MaxUploadBytes != 20<<20 {
		t.Errorf("the answer says parts of %d and objects of %d bytes", p.PartSize, p.MaxUploadBytes)
	}
	var started struct{ UploadId string }
	if err := xml.Unmarshal(p.Request(nil).Send(t).Body, &started); err != nil {
		t.Fatal(err)
	}
	part := func(number, length int) string {
		return fmt.Sprintf(`{"operation":"uploadPart","key":%q,"uploadId":%q,"partNumber":%d,"contentLength":%d}`,
			p.Key, started.UploadId, number, length)
	}
	const sum = "checkPartBounds: each part has its own slot, and the last slot ends at the bound"
	const list = "checkContentType: the stage's list"
	harness.Refused(t, "no length", asks(`{"contentType":"image/png"}`), 400, "InvalidRequest", "where uploads are bounded the length is required, for it is signed")
	harness.Refused(t, "one byte too many", asks(`{"contentType":"image/png","contentLength":20971521}`), 413, "UploadTooLarge", "checkContentLength")
	harness.Refused(t, "a part past the part size", asks(part(1, 8<<20+1)), 413, "UploadTooLarge", sum)
	harness.Refused(t, "a last part past the bound", asks(part(3, 4<<20+1)), 413, "UploadTooLarge", sum)
	harness.Refused(t, "a part after the last", asks(part(4, 1)), 413, "UploadTooLarge", sum)
	harness.Refused(t, "the largest part number", asks(part(10_000, 1)), 413, "UploadTooLarge", sum)
	harness.Refused(t, "a web page", asks(`{"contentType":"text/html","contentLength":1}`), 415, "ContentTypeNotAllowed", list)
	harness.Refused(t, "a web page in parts", asks(`{"operation":"createMultipartUpload","contentType":"text/html"}`), 415, "ContentTypeNotAllowed", list)
	harness.Refused(t, "an image that is not one", asks(`{"contentType":"imagex/png","contentLength":1}`), 415, "ContentTypeNotAllowed", list)
	harness.Refused(t, "more bytes than were asked for", func(t *testing.T) harness.Answer {
		p := harness.Presign(t, s.UploadURL, token, fmt.Sprintf(`{"contentType":"image/png","contentLength":%d}`, len(content)))
		return p.Request([]byte(content + content)).Send(t)
	}, 403, "SignatureDoesNotMatch", "the content length is signed")
	p = harness.Presign(t, s.UploadURL, token, fmt.Sprintf(`{"contentType":"image/png","contentLength":%d}`, len(content)))
	if a := p.Request([]byte(content)).Send(t); a.Status != http.StatusOK {
		t.Errorf("an upload within the bounds: got %d %s", a.Status, a.Body)
	}
}
