//go:build conformance

package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/presigned/lambda/operation"
	"example.com/presigned/test/attack"
	"example.com/presigned/test/harness"
)

// contentLength is what ours asks for, in bytes.
const contentLength = "7"

// again is one of our presigned requests, for another signer to sign again: the URL without what signing adds, and the
// credentials of the session that signed it.
type again struct {
	Signer          string            `json:"signer"`
	Method          string            `json:"method"`
	URL             string            `json:"url"`
	Headers         map[string]string `json:"headers"`
	Date            string            `json:"date"`
	Expires         int               `json:"expires"`
	Region          string            `json:"region"`
	AccessKeyID     string            `json:"accessKeyId"`
	SecretAccessKey string            `json:"secretAccessKey"`
	SessionToken    string            `json:"sessionToken"`

	name, signature, signedHeaders string
}

// unsign takes a presigned request apart.
func unsign(t *testing.T, name string, p harness.Presigned) again {
	t.Helper()
	u, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	keyID, _, _ := strings.Cut(query.Get("X-Amz-Credential"), "/")
	session, ok := dev.Running.Store.SessionOf(keyID)
	if !ok {
		t.Fatalf("%s: signed by %q, which is no session of the local run", name, keyID)
	}
	expires, err := strconv.Atoi(query.Get("X-Amz-Expires"))
	if err != nil {
		t.Fatal(err)
	}
	a := again{
		Signer: "recompute", Method: p.Method, Headers: map[string]string{}, Date: query.Get("X-Amz-Date"), Expires: expires, Region: dev.Region,
		AccessKeyID: session.AccessKeyID, SecretAccessKey: session.SecretAccessKey, SessionToken: session.SessionToken,
		name: name, signature: query.Get("X-Amz-Signature"), signedHeaders: query.Get("X-Amz-SignedHeaders"),
	}
	for header, value := range p.Headers {
		a.Headers[strings.ToLower(header)] = value
	}
	if strings.Contains(a.signedHeaders, "content-length") { // every client sets it by itself
		a.Headers["content-length"] = contentLength
	}
	// In the order and the escaping of the URL itself: the bytes that S3 will see.
	kept := slices.DeleteFunc(strings.Split(u.RawQuery, "&"), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return slices.Contains([]string{
			"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-Security-Token", "X-Amz-SignedHeaders", "X-Amz-Signature",
		}, name)
	})
	u.RawQuery = strings.Join(kept, "&")
	a.URL = u.String()
	return a
}

// fullest are requests for each operation with every field that it may have.
func fullest(object string) map[string]string {
	const sum = `"checksumSHA256":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="`
	return map[string]string{
		"putObject":               `"contentType":"image/png","contentLength":` + contentLength + `,` + sum,
		"createMultipartUpload":   `"contentType":"text/plain; charset=utf-8"`,
		"uploadPart":              object + `,"uploadId":"a-b_c.1~2","partNumber":10000,"contentLength":` + contentLength + `,` + sum,
		"listParts":               object + `,"uploadId":"a-b_c.1~2"`,
		"completeMultipartUpload": object + `,"uploadId":"a-b_c.1~2"`,
		"abortMultipartUpload":    object + `,"uploadId":"a-b_c.1~2"`,
		"getObject":               object + `,"filename":"Příští žluť (1)+~'*!\".json"`,
		"headObject":              object,
		"listObjectsV2":           `"startAfter":` + strings.TrimPrefix(object, `"key":`),
		"deleteObject":            object,
	}
}

// ours asks the real API for each operation, for users whose names make odd keys, with every signed header.
func ours(t *testing.T) []again {
	t.Helper()
	var all []again
	presign := func(url, token, body string) harness.Presigned {
		p, err := harness.Presign(t.Context(), url, token, body)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	endpoints := attack.Target{UploadURL: dev.UploadURL, DownloadURL: dev.DownloadURL, DeleteURL: dev.DeleteURL}
	for _, user := range []string{"johndoe", "bob/x", "..", "ann lee+1~(a)*'!%2F", "žluťoučký☺"} {
		token := dev.TokenOf(user)
		key := presign(dev.UploadURL, token, `{}`).Key
		name, _ := json.Marshal(key)
		object := `"key":` + string(name)
		for _, op := range operation.Table() {
			rest, ok := fullest(object)[op.Name]
			if !ok {
				t.Fatalf("%s: no request of it stands in fullest, so nobody else signs it", op.Name)
			}
			body := strings.TrimSuffix(fmt.Sprintf(`{"operation":%q,%s`, op.Name, rest), ",") + "}"
			all = append(all, unsign(t, op.Name+" of "+user, presign(endpoints.URL(op.Route), token, body)))
		}
	}
	return all
}

// What our function signs, others sign alike: one byte of another canonical request would be another signature.
func TestOthersComputeTheSignaturesThatWeSign(t *testing.T) {
	all := ours(t)
	for signer, suite := range map[string]string{"botocore": "Our signatures: botocore", "sdk": "Our signatures: JavaScript v3"} {
		theirs := answer[[]struct{ Signature, SignedHeaders string }](t, signerOf(t, signer), all)
		got := checks{}
		for i, a := range all {
			switch {
			case theirs[i].SignedHeaders != a.signedHeaders:
				got[a.name] = fmt.Sprintf("signs %s, ours %s", theirs[i].SignedHeaders, a.signedHeaders)
			case theirs[i].Signature != a.signature:
				got[a.name] = "another signature for " + a.Method + " with " + strings.Join(slices.Sorted(maps.Keys(a.Headers)), ", ")
			default:
				got[a.name] = ""
			}
		}
		judge(t, suite, got)
	}
}
