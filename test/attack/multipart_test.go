package attack

import (
	"bytes"
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"example.com/presigned/test/harness"
)

const partSize = 8 << 20

func partBody(key, id string, number, length int) string {
	return fmt.Sprintf(`{"operation":"uploadPart","key":%q,"uploadId":%q,"partNumber":%d,"contentLength":%d}`, key, id, number, length)
}

func onUpload(op, key, id string) string {
	return fmt.Sprintf(`{"operation":%q,"key":%q,"uploadId":%q}`, op, key, id)
}

// completion is the body of completeMultipartUpload.
func completion(etags []string) []byte {
	var b strings.Builder
	b.WriteString("<CompleteMultipartUpload>")
	for i, etag := range etags {
		fmt.Fprintf(&b, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", i+1, etag)
	}
	b.WriteString("</CompleteMultipartUpload>")
	return []byte(b.String())
}

// sendPart uploads one part and returns its ETag.
func sendPart(t *testing.T, key, id string, number int, part []byte) string {
	t.Helper()
	a := put(t, partBody(key, id, number, len(part))).Request(part).Send(t)
	if a.Status != http.StatusOK {
		t.Fatalf("part %d: got %d %s", number, a.Status, a.Body)
	}
	return a.Header.Get("ETag")
}

// A 40 MiB file goes up in parts, stops half way, is resumed from what S3 lists, and is completed once.
func TestAMultipartUploadIsResumedAndCompletedOnce(t *testing.T) {
	file := make([]byte, 40<<20)
	if _, err := rand.Read(file); err != nil {
		t.Fatal(err)
	}
	part := func(number int) []byte { return file[(number-1)*partSize : number*partSize] }
	key, id := uploadID(t)
	for _, number := range []int{1, 2} {
		sendPart(t, key, id, number, part(number))
	}

	// Another process knows the key and the upload ID only.
	var listed struct {
		Part []struct {
			PartNumber int
			ETag       string
		}
	}
	a := put(t, onUpload("listParts", key, id)).Request(nil).Send(t)
	if err := xml.Unmarshal(a.Body, &listed); err != nil || len(listed.Part) != 2 {
		t.Fatalf("listParts: got %d %s", a.Status, a.Body)
	}
	etags := make([]string, 5)
	for _, p := range listed.Part {
		etags[p.PartNumber-1] = p.ETag
	}
	for number := 1; number <= 5; number++ {
		if etags[number-1] == "" {
			etags[number-1] = sendPart(t, key, id, number, part(number))
		}
	}
	complete := put(t, onUpload("completeMultipartUpload", key, id)).Request(completion(etags))
	if a := complete.Send(t); a.Status != http.StatusOK {
		t.Fatalf("complete: got %d %s", a.Status, a.Body)
	}
	if a := complete.Send(t); a.Status != http.StatusPreconditionFailed {
		t.Errorf("complete again: got %d %s, want 412", a.Status, a.Body)
	}
	got := get(t, fmt.Sprintf(`{"key":%q}`, key)).Request(nil).Send(t)
	if !bytes.Equal(got.Body, file) {
		t.Errorf("the object's %d bytes are not the %d sent", len(got.Body), len(file))
	}
}

func TestMultipart(t *testing.T) {
	key, id := uploadID(t)
	otherKey, otherID := uploadID(t)
	part := bytes.Repeat([]byte("p"), 1024)
	sum := md5.Sum(part)
	tampered := func(body string, content []byte, old, new string) func(t *testing.T) harness.Answer {
		return presigned(body, content, func(r *harness.Request) {
			changed := strings.Replace(r.URL, old, new, 1)
			if changed == r.URL {
				t.Fatalf("%q is not in the URL", old)
			}
			r.URL = changed
		})
	}
	complete := onUpload("completeMultipartUpload", key, id)
	abort := onUpload("abortMultipartUpload", key, id)
	const covers = "method, path, query and length are signed"
	try(t, []row{
		{"a part under another number", tampered(partBody(key, id, 1, len(part)), part, "partNumber=1", "partNumber=2"), 403, "SignatureDoesNotMatch", covers},
		{"a part of another upload", tampered(partBody(key, id, 1, len(part)), part, "uploadId="+escape(id), "uploadId="+escape(otherID)), 403, "SignatureDoesNotMatch", covers},
		{"a part to another key", tampered(partBody(key, id, 1, len(part)), part, key, otherKey), 403, "SignatureDoesNotMatch", covers},
		{"a longer part", presigned(partBody(key, id, 1, len(part)), append(part, '!'), func(*harness.Request) {}), 403, "SignatureDoesNotMatch", covers},
		{"a shorter part", presigned(partBody(key, id, 1, len(part)), part[1:], func(*harness.Request) {}), 403, "SignatureDoesNotMatch", covers},
		{"a part copied from another user", presigned(partBody(key, id, 1, len(part)), part, func(r *harness.Request) {
			r.Header.Set("X-Amz-Copy-Source", dev.Bucket+"/alice/1")
		}), 403, "AccessDenied", mustBeSigned},
		{"a part as a whole object", tampered(partBody(key, id, 1, len(part)), part, "partNumber=1&uploadId="+escape(id)+"&", ""), 403, "SignatureDoesNotMatch", covers},
		{"an upload started as a whole object", presigned(`{"operation":"createMultipartUpload"}`, nil, func(r *harness.Request) {
			r.Method, r.URL = "PUT", strings.Replace(r.URL, "&uploads=", "", 1)
		}), 403, "SignatureDoesNotMatch", covers},
		{"a listing of parts as a listing of the bucket", tampered(onUpload("listParts", key, id), nil, "/"+key, ""), 403, "SignatureDoesNotMatch", covers},
		{"complete without If-None-Match", presigned(complete, completion([]string{hex.EncodeToString(sum[:])}), func(r *harness.Request) { r.Header.Del("If-None-Match") }), 403, "SignatureDoesNotMatch", signatureCovers},
		{"complete with an unknown part", presigned(complete, completion([]string{`"0123456789abcdef0123456789abcdef"`}), func(*harness.Request) {}), 400, "InvalidPart", "S3 compares each part's ETag"},
		{"complete without parts", presigned(complete, []byte("<CompleteMultipartUpload/>"), func(*harness.Request) {}), 400, "MalformedXML", "S3 wants at least one part"},
		{"complete with what is not XML", presigned(complete, []byte("parts"), func(*harness.Request) {}), 400, "MalformedXML", "S3 wants a list of parts"},
		{"delete the object with a URL to abort", tampered(abort, nil, "uploadId="+escape(id), ""), 403, "SignatureDoesNotMatch", covers},
		{"an upload ID of another key", func(t *testing.T) harness.Answer {
			return put(t, partBody(key, otherID, 1, len(part))).Request(part).Send(t)
		}, 404, "NoSuchUpload", "an upload ID is good with its own key only"},
		{"another user's upload ID under one's own key", func(t *testing.T) harness.Answer {
			p := harness.Presign(t, dev.UploadURL, dev.TokenOf("alice"), onUpload("listParts", "alice/1", id))
			return p.Request(nil).Send(t)
		}, 404, "NoSuchUpload", "an upload ID is good with its own key only"},
		{"an invented upload ID", func(t *testing.T) harness.Answer {
			return put(t, partBody(key, "00000000-0000-0000-0000-000000000000", 1, len(part))).Request(part).Send(t)
		}, 404, "NoSuchUpload", "S3 knows its uploads"},
		{"an upload ID that climbs", func(t *testing.T) harness.Answer {
			return put(t, partBody(key, "../../alice", 1, len(part))).Request(part).Send(t)
		}, 404, "NoSuchUpload", "S3 knows its uploads"},
	})
	t.Run("a small part that is not the last", func(t *testing.T) {
		etags := []string{sendPart(t, key, id, 1, part), sendPart(t, key, id, 2, part)}
		a := put(t, complete).Request(completion(etags)).Send(t)
		if a.Status != 400 || a.Code() != "EntityTooSmall" {
			t.Errorf("got %d %s, want EntityTooSmall", a.Status, a.Body)
		}
	})
	t.Run("after it was aborted", func(t *testing.T) {
		if a := put(t, abort).Request(nil).Send(t); a.Status != http.StatusNoContent {
			t.Fatalf("abort: got %d %s", a.Status, a.Body)
		}
		if a := put(t, partBody(key, id, 1, len(part))).Request(part).Send(t); a.Code() != "NoSuchUpload" {
			t.Errorf("a part: got %d %s, want NoSuchUpload", a.Status, a.Body)
		}
	})
}

func TestAPartsChecksumIsEnforced(t *testing.T) {
	p := put(t, `{"operation":"createMultipartUpload","contentType":"text/plain","checksumAlgorithm":"SHA256"}`)
	a := p.Request(nil).Send(t)
	var started struct{ UploadId string }
	if err := xml.Unmarshal(a.Body, &started); err != nil {
		t.Fatal(err)
	}
	body := fmt.Sprintf(`{"operation":"uploadPart","key":%q,"uploadId":%q,"partNumber":1,"contentLength":%d,"checksumSHA256":%q}`, p.Key, started.UploadId, len(content), sumOf(content))
	try(t, []row{
		{"other content", presigned(body, []byte(strings.ToUpper(content)), func(*harness.Request) {}), 400, "BadDigest", "the part's checksum is signed, and S3 computes it"},
		{"checksum left off", presigned(body, []byte(content), func(r *harness.Request) { r.Header.Del("X-Amz-Checksum-Sha256") }), 403, "SignatureDoesNotMatch", signatureCovers},
	})
}
