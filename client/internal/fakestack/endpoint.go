package fakestack

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ask is a request to the endpoint.
type ask struct {
	Operation, Filename, ContentType, ChecksumSHA256, ChecksumAlgorithm, ChecksumMode, Key, UploadID, ContinuationToken string

	ContentLength *int64
	PartNumber    int
}

func (s *Stack) endpoint(w http.ResponseWriter, r *http.Request) {
	var body struct {
		ask
		Requests []ask
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		problem(w, http.StatusBadRequest, "InvalidJSON", err.Error())
		return
	}
	single := body.Requests == nil
	if single {
		body.Requests = []ask{body.ask}
	}
	s.serve("ask "+body.Requests[0].Operation, w, r, func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if r.Header.Get("Authorization") != "Bearer "+s.AccessToken {
			problem(w, http.StatusUnauthorized, "Unauthorized", "the access token is missing, malformed or expired")
			return
		}
		if most := cmp.Or(s.MaxBatch, 100); !single && (len(body.Requests) > most || most == 1) {
			p := problemBody(http.StatusRequestEntityTooLarge, "BatchTooLarge", "too many")
			p["maxBatch"] = most
			answer(w, http.StatusRequestEntityTooLarge, p)
			return
		}
		results := make([]map[string]any, len(body.Requests))
		for i, a := range body.Requests {
			results[i] = s.result(a)
		}
		if single {
			answer(w, results[0]["status"].(int), results[0])
			return
		}
		answer(w, http.StatusOK, map[string]any{"results": results})
	})
}

// userPool grants every sign-in, without a challenge. The tests of package signin have those.
func (s *Stack) userPool(w http.ResponseWriter, r *http.Request) {
	_, call, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	s.serve(call, w, r, func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{"AuthenticationResult": map[string]any{"AccessToken": Token, "RefreshToken": "refresh", "ExpiresIn": 300}})
	})
}

// result is the result of one request, alone or in a batch.
func (s *Stack) result(a ask) map[string]any {
	if status, code := s.objection(a); code != "" {
		return problemBody(status, code, fmt.Sprintf("operation %q: refused by the stage", a.Operation))
	}
	return s.presign(a)
}

func (s *Stack) objection(a ask) (int, string) {
	multipart := strings.Contains(a.Operation, "Multipart") || strings.Contains(a.Operation, "Part")
	download := a.Operation == "getObject" || a.Operation == "listObjectsV2"
	switch {
	case multipart && s.NoMultipart, download && s.NoDownloads:
		return http.StatusForbidden, "OperationNotEnabled"
	case s.MaxUploadBytes > 0 && a.ContentLength == nil && (a.Operation == "putObject" || a.Operation == "uploadPart"):
		return http.StatusBadRequest, "InvalidRequest"
	case s.MaxUploadBytes > 0 && a.ContentLength != nil && *a.ContentLength > s.MaxUploadBytes:
		return http.StatusRequestEntityTooLarge, "UploadTooLarge"
	case a.ContentType == "application/x-forbidden":
		return http.StatusUnsupportedMediaType, "ContentTypeNotAllowed"
	case a.Key != "" && !strings.HasPrefix(a.Key, "johndoe/"):
		return http.StatusForbidden, "KeyOutsidePrefix"
	}
	return 0, ""
}

func (s *Stack) presign(a ask) map[string]any {
	g := grant{ask: a, headers: map[string]string{}}
	if a.Operation == "putObject" || a.Operation == "createMultipartUpload" {
		g.Key = s.nextKey(a.Filename)
	}
	for name, value := range map[string]string{
		"Content-Type": a.ContentType, "X-Amz-Checksum-Sha256": a.ChecksumSHA256,
		"X-Amz-Checksum-Algorithm": a.ChecksumAlgorithm, "X-Amz-Checksum-Mode": a.ChecksumMode,
	} {
		if value != "" {
			g.headers[name] = value
		}
	}
	if a.ContentLength != nil && *a.ContentLength > 0 {
		g.headers["Content-Length"] = strconv.FormatInt(*a.ContentLength, 10)
	}
	if a.Operation == "putObject" || a.Operation == "completeMultipartUpload" {
		g.headers["If-None-Match"] = "*"
	}
	s.serial++
	id := strconv.Itoa(s.serial)
	s.signed[id] = g
	answer := map[string]any{
		"status": http.StatusOK, "expiresAt": time.Now().Add(s.expiry()),
		"url":    fmt.Sprintf("%s/bucket/%s?id=%s&X-Amz-Signature=%s", s.URL, g.Key, id, Secret),
		"method": methods[a.Operation], "headers": g.headers, "key": g.Key,
	}
	if a.Operation == "createMultipartUpload" {
		answer["partSize"] = s.PartSize
		answer["maxUploadBytes"] = s.MaxUploadBytes
	}
	return answer
}

// expiry is how long a URL is valid: as in the contract, or shorter for the next ShortLived ones.
func (s *Stack) expiry() time.Duration {
	if s.ShortLived > 0 {
		s.ShortLived--
		return 20 * time.Second
	}
	return 300 * time.Second
}

var methods = map[string]string{
	"putObject": "PUT", "createMultipartUpload": "POST", "uploadPart": "PUT", "listParts": "GET",
	"completeMultipartUpload": "POST", "abortMultipartUpload": "DELETE",
	"getObject": "GET", "listObjectsV2": "GET", "deleteObject": "DELETE",
}

func problemBody(status int, code, detail string) map[string]any {
	return map[string]any{
		"type": "about:blank", "title": http.StatusText(status), "status": status,
		"detail": detail, "code": code, "requestId": "APIREQUEST",
	}
}

func problem(w http.ResponseWriter, status int, code, detail string) {
	answer(w, status, problemBody(status, code, detail))
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	if status != http.StatusOK {
		w.Header().Set("Content-Type", "application/problem+json")
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
