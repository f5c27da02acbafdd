package fakestack

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// ask is the endpoint's request.
type ask struct {
	Operation, ContentType, ChecksumSHA256, ChecksumAlgorithm, ChecksumMode, Key, UploadID, ContinuationToken string

	ContentLength int64
	PartNumber    int
}

func (s *Stack) endpoint(w http.ResponseWriter, r *http.Request) {
	var a ask
	if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
		problem(w, http.StatusBadRequest, "InvalidJSON", err.Error())
		return
	}
	s.serve("ask "+a.Operation, w, r, func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if r.Header.Get("Authorization") != "Bearer "+s.token {
			problem(w, http.StatusUnauthorized, "Unauthorized", "the access token is missing, malformed or expired")
			return
		}
		if status, code := s.objection(a); code != "" {
			problem(w, status, code, fmt.Sprintf("operation %q: refused by the stage", a.Operation))
			return
		}
		s.presign(w, a)
	})
}

func (s *Stack) objection(a ask) (int, string) {
	multipart := strings.Contains(a.Operation, "ultipart") || strings.HasSuffix(a.Operation, "art") || a.Operation == "listParts"
	download := a.Operation == "getObject" || a.Operation == "headObject" || a.Operation == "listObjectsV2"
	switch {
	case multipart && s.NoMultipart, download && s.NoDownloads:
		return http.StatusForbidden, "OperationNotEnabled"
	case s.MaxUploadBytes > 0 && a.ContentLength > s.MaxUploadBytes:
		return http.StatusRequestEntityTooLarge, "UploadTooLarge"
	case a.ContentType == "application/x-forbidden":
		return http.StatusUnsupportedMediaType, "ContentTypeNotAllowed"
	case a.Key != "" && !strings.HasPrefix(a.Key, "johndoe/"):
		return http.StatusForbidden, "KeyOutsidePrefix"
	}
	return 0, ""
}

func (s *Stack) presign(w http.ResponseWriter, a ask) {
	g := grant{operation: a.Operation, key: a.Key, uploadID: a.UploadID, part: a.PartNumber, token: a.ContinuationToken, headers: map[string]string{}}
	if a.Operation == "putObject" || a.Operation == "createMultipartUpload" {
		g.key = s.nextKey()
	}
	set := func(name, value string) {
		if value != "" && value != "0" {
			g.headers[name] = value
		}
	}
	set("Content-Type", a.ContentType)
	set("Content-Length", strconv.FormatInt(a.ContentLength, 10))
	set("X-Amz-Checksum-Sha256", a.ChecksumSHA256)
	set("X-Amz-Checksum-Algorithm", a.ChecksumAlgorithm)
	set("X-Amz-Checksum-Mode", a.ChecksumMode)
	if a.Operation == "putObject" || a.Operation == "completeMultipartUpload" {
		set("If-None-Match", "*")
	}
	s.serial++
	id := strconv.Itoa(s.serial)
	s.signed[id] = g
	answer := map[string]any{
		"url":    fmt.Sprintf("%s/bucket/%s?id=%s&X-Amz-Signature=%s", s.URL, g.key, id, Secret),
		"method": methods()[a.Operation], "headers": g.headers, "key": g.key,
	}
	if a.Operation == "createMultipartUpload" {
		answer["partSize"] = s.PartSize
		answer["maxUploadBytes"] = s.MaxUploadBytes
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

func methods() map[string]string {
	return map[string]string{
		"putObject": "PUT", "createMultipartUpload": "POST", "uploadPart": "PUT", "listParts": "GET",
		"completeMultipartUpload": "POST", "abortMultipartUpload": "DELETE",
		"getObject": "GET", "headObject": "HEAD", "listObjectsV2": "GET",
	}
}

func problem(w http.ResponseWriter, status int, code, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"type": "about:blank", "title": http.StatusText(status), "status": status,
		"detail": detail, "code": code, "requestId": "APIREQUEST",
	})
}
