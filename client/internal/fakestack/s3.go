package fakestack

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// NotAuthorized is S3's message for a missing key if the signer may not list. It names the role.
const NotAuthorized = `User: arn:aws:sts::111122223333:assumed-role/PresignedUploads-DownloadSigner/PresignedUploads-Download ` +
	`is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::bucket" because no identity-based policy allows the s3:ListBucket action`

// s3 finds the grant of a presigned URL and serves its operation.
func (s *Stack) s3(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	g, ok := s.signed[r.URL.Query().Get("id")]
	s.mu.Unlock()
	if !ok || r.Method != methods[g.Operation] || r.URL.Query().Get("X-Amz-Signature") != Secret {
		refuse(w, http.StatusForbidden, "SignatureDoesNotMatch", "the signature does not match")
		return
	}
	if g.dead != nil {
		g.dead(w, r, nil)
		return
	}
	s.serve(g.Operation, w, r, func(w http.ResponseWriter, r *http.Request) { s.handle(w, r, g) })
}

func (s *Stack) handle(w http.ResponseWriter, r *http.Request, g grant) {
	body := make([]byte, r.ContentLength)
	if _, err := io.ReadFull(r.Body, body); err != nil {
		return // the client hung up
	}
	for name, value := range g.headers {
		got := r.Header.Get(name)
		if name == "Content-Length" {
			got = strconv.FormatInt(r.ContentLength, 10)
		}
		if got != value {
			refuse(w, http.StatusForbidden, "SignatureDoesNotMatch", fmt.Sprintf("header %s: got %q, signed %q", name, got, value))
			return
		}
	}
	got := part{content: body}
	if g.Operation == "putObject" || g.Operation == "uploadPart" {
		got.sum = sum(body)
	}
	if want := g.headers["X-Amz-Checksum-Sha256"]; want != "" && got.sum != want {
		refuse(w, http.StatusBadRequest, "BadDigest", "The SHA256 you specified did not match the calculated checksum.")
		return
	}
	if g.Operation == "getObject" {
		s.read(w, r, g)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.act(w, g, got)
}

func (s *Stack) act(w http.ResponseWriter, g grant, body part) {
	switch g.Operation {
	case "putObject":
		s.write(w, g, &Object{Content: body.content, ContentType: g.headers["Content-Type"], Checksum: g.headers["X-Amz-Checksum-Sha256"]})
	case "createMultipartUpload":
		s.create(w, g)
	case "deleteObject":
		delete(s.objects, g.Key)
		w.WriteHeader(http.StatusNoContent)
	case "listObjectsV2":
		s.list(w, g)
	default:
		s.multipart(w, g, body)
	}
}

// write stores an object, once.
func (s *Stack) write(w http.ResponseWriter, g grant, o *Object) bool {
	if s.objects[g.Key] != nil {
		refuse(w, http.StatusPreconditionFailed, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
		return false
	}
	s.store(g.Key, o)
	w.Header().Set("ETag", o.etag)
	return true
}

// read does not hold the lock while it writes, because a client may read slowly.
func (s *Stack) read(w http.ResponseWriter, r *http.Request, g grant) {
	s.mu.Lock()
	o, mayList := s.objects[g.Key], s.MayList
	s.mu.Unlock()
	if o == nil && mayList {
		refuse(w, http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
		return
	}
	if o == nil {
		refuse(w, http.StatusForbidden, "AccessDenied", NotAuthorized)
		return
	}
	h := w.Header()
	h.Set("Content-Type", o.ContentType)
	h.Set("ETag", o.etag)
	if o.Checksum != "" && g.headers["X-Amz-Checksum-Mode"] != "" && r.Header.Get("Range") == "" {
		h.Set("X-Amz-Checksum-Sha256", o.Checksum)
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(o.Content))
}

func (s *Stack) list(w http.ResponseWriter, g grant) {
	keys := slices.Sorted(maps.Keys(s.objects))
	from, _ := strconv.Atoi(g.ContinuationToken)
	to := min(from+s.page(), len(keys))
	_, _ = fmt.Fprint(w, "<ListBucketResult>")
	for _, key := range keys[from:to] {
		_, _ = fmt.Fprintf(w, "<Contents><Key>%s</Key><Size>%d</Size><LastModified>2026-01-02T03:04:05Z</LastModified></Contents>", key, len(s.objects[key].Content))
	}
	if to < len(keys) {
		_, _ = fmt.Fprintf(w, "<IsTruncated>true</IsTruncated><NextContinuationToken>%d</NextContinuationToken>", to)
	}
	_, _ = fmt.Fprint(w, "</ListBucketResult>")
}

func (s *Stack) page() int { return cmp.Or(s.ListPage, 1000) }

func sum(content []byte) string {
	d := sha256.Sum256(content)
	return base64.StdEncoding.EncodeToString(d[:])
}
