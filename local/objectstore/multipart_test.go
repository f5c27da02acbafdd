package objectstore

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func TestAMultipartUploadWorksByPresignedRequestsAlone(t *testing.T) {
	s := start(t)
	p := s3.NewPresignClient(s.upload, s3.WithPresignExpires(5*time.Minute))
	key := aws.String("johndoe/1")
	created := s.send(s.presign(s.upload, "POST", "/johndoe/1?uploads=", "Content-Type", "image/png"), nil)
	created.want(t, "create", 200, "")
	var upload struct {
		UploadID string `xml:"UploadId"`
	}
	if err := xml.Unmarshal(created.body, &upload); err != nil || upload.UploadID == "" {
		t.Fatalf("no upload ID in %s: %v", created.body, err)
	}

	parts := [][]byte{bytes.Repeat([]byte("a"), 5<<20), []byte("the end")}
	var list bytes.Buffer
	for i, part := range parts {
		in := &s3.UploadPartInput{
			Bucket: &s.bucket, Key: key, UploadId: &upload.UploadID, PartNumber: aws.Int32(int32(i + 1)),
			ContentLength: aws.Int64(int64(len(part))),
		}
		signed, err := p.PresignUploadPart(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		s.send(signed, part[1:]).want(t, "shorter part", 403, "SignatureDoesNotMatch")
		s.send(signed, part, query("partNumber", "7")).want(t, "other part number", 403, "SignatureDoesNotMatch")
		sent := s.send(signed, part)
		sent.want(t, "part", 200, "")
		fmt.Fprintf(&list, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", i+1, sent.header.Get("ETag"))
	}

	listed := s.send(s.presign(s.upload, "GET", "/johndoe/1?uploadId="+upload.UploadID), nil)
	listed.want(t, "list", 200, "")
	var found struct {
		Part []struct{ PartNumber, Size int }
	}
	if err := xml.Unmarshal(listed.body, &found); err != nil || len(found.Part) != 2 || found.Part[0].Size != 5<<20 {
		t.Errorf("listed parts %+v, err %v: want the two sent", found.Part, err)
	}

	body := []byte("<CompleteMultipartUpload>" + list.String() + "</CompleteMultipartUpload>")
	finish := "/johndoe/1?uploadId=" + upload.UploadID
	s.send(s.presign(s.upload, "POST", finish), body).want(t, "complete without If-None-Match", 403, "AccessDenied")
	signed := s.presign(s.upload, "POST", finish, "If-None-Match", "*")
	s.send(signed, body, header("If-None-Match", "")).want(t, "If-None-Match left off", 403, "SignatureDoesNotMatch")
	s.send(signed, body).want(t, "complete", 200, "")
	s.send(signed, body).want(t, "complete again", 412, "PreconditionFailed")

	// A second upload to the key can be started, but not completed.
	again := s.send(s.presign(s.upload, "POST", "/johndoe/1?uploads="), nil)
	again.want(t, "create again", 200, "")
	if err := xml.Unmarshal(again.body, &upload); err != nil {
		t.Fatal(err)
	}
	finish = "/johndoe/1?uploadId=" + upload.UploadID
	part := s.send(s.presign(s.upload, "PUT", finish+"&partNumber=1"), []byte("x"))
	part.want(t, "part of the second", 200, "")
	body = []byte("<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" + part.header.Get("ETag") + "</ETag></Part></CompleteMultipartUpload>")
	s.send(s.presign(s.upload, "POST", finish, "If-None-Match", "*"), body).want(t, "complete over an object", 412, "PreconditionFailed")
	abort := s.presign(s.upload, "DELETE", finish)
	s.send(abort, nil).want(t, "abort", 204, "")
	s.send(abort, nil).want(t, "abort again", 404, "NoSuchUpload")
}
