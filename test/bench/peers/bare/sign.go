package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// signer presigns one PUT, as SigV4 has it.
type signer struct {
	host, region, keyID, secret, session string

	day string // of key
	key []byte // signing key of day
}

func newSigner(getenv func(string) string) *signer {
	region := getenv("AWS_REGION")
	return &signer{
		host: getenv("BUCKET") + ".s3." + region + ".amazonaws.com", region: region,
		keyID: getenv("AWS_ACCESS_KEY_ID"), secret: getenv("AWS_SECRET_ACCESS_KEY"), session: url.QueryEscape(getenv("AWS_SESSION_TOKEN")),
	}
}

// answer appends the response for a proxy event.
func (s *signer) answer(to []byte, username, contentType string, now time.Time) []byte {
	key := username + "/" + strconv.FormatInt(now.UnixMilli(), 10)
	to = append(to, `{"statusCode":200,"headers":{"Content-Type":"application/json","Cache-Control":"no-store","Vary":"Origin"},"body":"{\"url\":\"`...)
	to = append(to, s.presign(key, contentType, now.UTC())...)
	to = append(to, `\",\"method\":\"PUT\",\"headers\":{\"Content-Type\":\"`+contentType+`\",\"If-None-Match\":\"*\"},\"key\":\"`+key+`\",\"expiresAt\":\"`...)
	to = now.UTC().Add(300*time.Second).AppendFormat(to, time.RFC3339)
	return append(to, `\"}"}`...)
}

func (s *signer) presign(key, contentType string, now time.Time) string {
	at := now.Format("20060102T150405Z")
	day := at[:8]
	scope := day + "/" + s.region + "/s3/aws4_request"
	query := "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + s.keyID + "%2F" + strings.ReplaceAll(scope, "/", "%2F") +
		"&X-Amz-Date=" + at + "&X-Amz-Expires=300&X-Amz-Security-Token=" + s.session +
		"&X-Amz-SignedHeaders=content-type%3Bhost%3Bif-none-match"
	digest := sha256.Sum256([]byte("PUT\n/" + key + "\n" + query + "\ncontent-type:" + contentType + "\nhost:" + s.host +
		"\nif-none-match:*\n\ncontent-type;host;if-none-match\nUNSIGNED-PAYLOAD"))
	signature := mac(s.signingKey(day), "AWS4-HMAC-SHA256\n"+at+"\n"+scope+"\n"+hex.EncodeToString(digest[:]))
	return "https://" + s.host + "/" + key + "?" + query + "&X-Amz-Signature=" + hex.EncodeToString(signature)
}

func (s *signer) signingKey(day string) []byte {
	if s.day != day {
		s.day, s.key = day, mac(mac(mac(mac([]byte("AWS4"+s.secret), day), s.region), "s3"), "aws4_request")
	}
	return s.key
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
