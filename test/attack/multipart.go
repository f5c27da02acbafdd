package attack

import (
	"bytes"
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"example.com/presigned/lambda/operation"
	"example.com/presigned/test/harness"
)

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

// begin starts a multipart upload.
func (x *Try) begin(body string) (key, id string) {
	p := x.put(body)
	a := x.send(p.Request(nil))
	var started struct{ UploadId string }
	if err := xml.Unmarshal(a.Body, &started); err != nil || started.UploadId == "" {
		x.Fatalf("create: got %d %s", a.Status, a.Body)
	}
	return p.Key, started.UploadId
}

const startUpload = `{"operation":"createMultipartUpload","contentType":"text/plain"}`

func (x *Try) uploadID() (key, id string) { return x.begin(startUpload) }

// sendPart uploads one part and returns its ETag.
func (x *Try) sendPart(key, id string, number int, part []byte) string {
	return x.must(http.StatusOK, x.put(partBody(key, id, number, len(part))).Request(part)).Header.Get("ETag")
}

func multipartRows() []Row {
	part := bytes.Repeat([]byte("p"), 1024)
	sum := md5.Sum(part)
	etag := []string{hex.EncodeToString(sum[:])}
	const covers = "method, path, query and length are signed"
	const complete, abort = "completeMultipartUpload", "abortMultipartUpload"
	onPart := func(sent string, changes ...tamper) func(x *Try) harness.Answer {
		return tampered(operation.Upload, partBody("KEY", "ID", 1, len(part)), sent, changes...)
	}
	onWhole := func(op string, sent []byte, changes ...tamper) func(x *Try) harness.Answer {
		return tampered(operation.Upload, onUpload(op, "KEY", "ID"), string(sent), changes...)
	}
	whole := string(part)
	return []Row{
		{"a part under another number", onPart(whole, swap("partNumber=1", "partNumber=2")), 403, "SignatureDoesNotMatch", covers},
		{"a part of another upload", onPart(whole, func(x *Try, r *harness.Request) {
			_, other := x.uploadID()
			query("uploadId", other)(x, r)
		}), 403, "SignatureDoesNotMatch", covers},
		{"a part to another key", onPart(whole, swap("?", "1?")), 403, "SignatureDoesNotMatch", covers},
		{"a longer part", onPart(whole + "!"), 403, "SignatureDoesNotMatch", covers},
		{"a shorter part", onPart(whole[1:]), 403, "SignatureDoesNotMatch", covers},
		{"a part copied from another user", onPart(whole, header("X-Amz-Copy-Source", "BUCKET/alice/1")), 403, "AccessDenied", mustBeSigned},
		{"a part as a whole object", onPart(whole, inQuery(func(q url.Values) {
			q.Del("partNumber")
			q.Del("uploadId")
		})), 403, "SignatureDoesNotMatch", covers},
		{"an upload started as a whole object", tampered(operation.Upload, startUpload, "", method("PUT"), inQuery(func(q url.Values) { q.Del("uploads") })), 403, "SignatureDoesNotMatch", covers},
		{"a listing of parts as a listing of the bucket", onWhole("listParts", nil, func(x *Try, r *harness.Request) {
			_, query, _ := strings.Cut(r.URL, "?")
			r.URL = x.BucketURL + "?" + query
		}), 403, "SignatureDoesNotMatch", covers},
		{"complete without If-None-Match", onWhole(complete, completion(etag), without("If-None-Match")), 403, "SignatureDoesNotMatch", signatureCovers},
		{"complete with an unknown part", onWhole(complete, completion([]string{`"0123456789abcdef0123456789abcdef"`})), 400, "InvalidPart", "S3 compares each part's ETag"},
		{"delete the object with a URL to abort", onWhole(abort, nil, inQuery(func(q url.Values) { q.Del("uploadId") })), 403, "SignatureDoesNotMatch", covers},
		{"an upload ID of another key", func(x *Try) harness.Answer {
			key, _ := x.uploadID()
			_, other := x.uploadID()
			return x.send(x.put(partBody(key, other, 1, len(part))).Request(part))
		}, 404, "NoSuchUpload", "an upload ID works only with its own key"},
		{"another user's upload ID under one's own key", func(x *Try) harness.Answer {
			_, id := x.uploadID()
			return x.send(x.presign(x.UploadURL, x.Other.AccessToken, onUpload("listParts", "alice/1", id)).Request(nil))
		}, 404, "NoSuchUpload", "an upload ID works only with its own key"},
		{"an upload ID that climbs", tampered(operation.Upload, partBody("johndoe/1", "../../alice", 1, len(part)), whole), 404, "NoSuchUpload", "S3 knows its uploads"},
		{"a small part that is not the last", func(x *Try) harness.Answer {
			key, id := x.uploadID()
			etags := []string{x.sendPart(key, id, 1, part), x.sendPart(key, id, 2, part)}
			return x.send(x.put(onUpload(complete, key, id)).Request(completion(etags)))
		}, 400, "EntityTooSmall", "S3 takes parts of 5 MiB and more, but for the last"},
		{"after it was aborted", func(x *Try) harness.Answer {
			key, id := x.uploadID()
			x.must(http.StatusNoContent, x.put(onUpload(abort, key, id)).Request(nil))
			return x.send(x.put(partBody(key, id, 1, len(part))).Request(part))
		}, 404, "NoSuchUpload", "S3 knows its uploads"},
	}
}

// partChecksumRows use uploads that announce the checksum algorithm, as S3 requires.
func partChecksumRows() []Row {
	announced := func(sent string, changes ...tamper) func(x *Try) harness.Answer {
		return func(x *Try) harness.Answer {
			key, id := x.begin(`{"operation":"createMultipartUpload","contentType":"text/plain","checksumAlgorithm":"SHA256"}`)
			return tampered(operation.Upload, fmt.Sprintf(`{"operation":"uploadPart","key":%q,"uploadId":%q,"partNumber":1,"contentLength":%d,"checksumSHA256":%q}`,
				key, id, len(content), sumOf(content)), sent, changes...)(x)
		}
	}
	return []Row{
		{"other content", announced(strings.ToUpper(content)), 400, "BadDigest", "the part's checksum is signed, and S3 computes it"},
		{"checksum left off", announced(content, without("X-Amz-Checksum-Sha256")), 403, "SignatureDoesNotMatch", signatureCovers},
	}
}

// resumedRows has one row. It uploads a large file in parts, stops half way, resumes from the parts that S3 lists, and
// completes the upload twice; the second completion must fail.
func resumedRows() []Row {
	return []Row{{"is completed once", func(x *Try) harness.Answer {
		const most, size = 4, 5 << 20 // parts, and bytes of each: S3's least for all parts but the last
		parts := most
		if x.MaxUploadBytes > 0 {
			parts = int(min(most, x.MaxUploadBytes/x.PartSize))
		}
		file := make([]byte, parts*size)
		_, _ = rand.Read(file) // never fails
		part := func(number int) []byte { return file[(number-1)*size : number*size] }
		key, id := x.uploadID()
		x.sendPart(key, id, 1, part(1))
		etags := x.resume(key, id, parts, part)
		complete := x.put(onUpload("completeMultipartUpload", key, id)).Request(completion(etags))
		x.must(http.StatusOK, complete)
		again := x.send(complete)
		got := x.read(fmt.Sprintf(`{"key":%q}`, key))
		if !bytes.Equal(got.Body, file) {
			x.Errorf("the object's %d bytes are not the %d sent", len(got.Body), len(file))
		}
		return again
	}, 412, "PreconditionFailed", "If-None-Match: * is signed"}}
}

// resume sends the missing parts. Like a new client, it knows only the key and the upload ID.
func (x *Try) resume(key, id string, parts int, part func(int) []byte) []string {
	var listed struct {
		Part []struct {
			PartNumber int
			ETag       string
		}
	}
	a := x.send(x.put(onUpload("listParts", key, id)).Request(nil))
	if err := xml.Unmarshal(a.Body, &listed); err != nil || len(listed.Part) != 1 {
		x.Fatalf("listParts: got %d %s", a.Status, a.Body)
	}
	etags := make([]string, parts)
	for _, p := range listed.Part {
		etags[p.PartNumber-1] = p.ETag
	}
	for number := 1; number <= parts; number++ {
		if etags[number-1] == "" {
			etags[number-1] = x.sendPart(key, id, number, part(number))
		}
	}
	return etags
}
