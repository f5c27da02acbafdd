package fakestack

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// upload is a multipart upload that is neither complete nor aborted.
type upload struct {
	key         string
	contentType string
	parts       map[int]part
}

// part is a body with its SHA-256, which is computed once.
type part struct {
	content []byte
	sum     string
}

func (s *Stack) create(w http.ResponseWriter, g grant) {
	s.serial++
	id := fmt.Sprintf("upload-%d", s.serial)
	s.uploads[id] = &upload{key: g.Key, contentType: g.headers["Content-Type"], parts: map[int]part{}}
	_, _ = fmt.Fprintf(w, "<InitiateMultipartUploadResult><UploadId>%s</UploadId></InitiateMultipartUploadResult>", id)
}

func (s *Stack) multipart(w http.ResponseWriter, g grant, body part) {
	u := s.uploads[g.UploadID]
	if g.Operation == "completeMultipartUpload" && s.objects[g.Key] != nil {
		refuse(w, http.StatusPreconditionFailed, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
		return
	}
	if u == nil || u.key != g.Key {
		refuse(w, http.StatusNotFound, "NoSuchUpload", "The specified multipart upload does not exist.")
		return
	}
	switch g.Operation {
	case "uploadPart":
		u.parts[g.PartNumber] = body
		w.Header().Set("ETag", quoted(fmt.Sprintf("part-%d", g.PartNumber)))
	case "listParts":
		s.listParts(w, u, g.PartNumber)
	case "completeMultipartUpload":
		s.complete(w, g, u, body.content)
	case "abortMultipartUpload":
		delete(s.uploads, g.UploadID)
		w.WriteHeader(http.StatusNoContent)
	}
}

func (s *Stack) listParts(w http.ResponseWriter, u *upload, after int) {
	numbers := slices.DeleteFunc(slices.Sorted(maps.Keys(u.parts)), func(n int) bool { return n <= after })
	more := len(numbers) > s.page()
	numbers = numbers[:min(len(numbers), s.page())]
	_, _ = fmt.Fprint(w, "<ListPartsResult>")
	for _, n := range numbers {
		_, _ = fmt.Fprintf(w, "<Part><PartNumber>%d</PartNumber><ETag>&quot;part-%d&quot;</ETag><Size>%d</Size><ChecksumSHA256>%s</ChecksumSHA256></Part>",
			n, n, len(u.parts[n].content), u.parts[n].sum)
	}
	if more {
		_, _ = fmt.Fprintf(w, "<IsTruncated>true</IsTruncated><NextPartNumberMarker>%d</NextPartNumberMarker>", numbers[len(numbers)-1])
	}
	_, _ = fmt.Fprint(w, "</ListPartsResult>")
}

func (s *Stack) complete(w http.ResponseWriter, g grant, u *upload, body []byte) {
	var document struct {
		Parts []struct {
			PartNumber     int
			ETag           string
			ChecksumSHA256 string
			Size           *int64 // listParts answers with it, but S3's CompletedPart does not have it
		} `xml:"Part"`
	}
	err := xml.Unmarshal(body, &document)
	for _, p := range document.Parts {
		if p.Size != nil {
			err = errors.New("a completed part has no Size")
		}
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, "MalformedXML", err.Error())
		return
	}
	var digests bytes.Buffer
	var content []byte
	for i, p := range document.Parts {
		held, ok := u.parts[p.PartNumber]
		if !ok || p.PartNumber != i+1 || p.ETag != quoted(fmt.Sprintf("part-%d", p.PartNumber)) || p.ChecksumSHA256 != held.sum {
			refuse(w, http.StatusBadRequest, "InvalidPart", fmt.Sprintf("part %d is not as it was uploaded", p.PartNumber))
			return
		}
		content = append(slices.Grow(content, len(held.content)*(len(document.Parts)-i)), held.content...)
		digest, _ := base64.StdEncoding.DecodeString(held.sum)
		digests.Write(digest)
	}
	checksum := fmt.Sprintf("%s-%d", sum(digests.Bytes()), len(document.Parts))
	if s.write(w, g, &Object{Content: content, ContentType: u.contentType, Checksum: checksum}) {
		delete(s.uploads, g.UploadID)
		_, _ = fmt.Fprintf(w, "<CompleteMultipartUploadResult><ChecksumSHA256>%s</ChecksumSHA256></CompleteMultipartUploadResult>", checksum)
	}
}
