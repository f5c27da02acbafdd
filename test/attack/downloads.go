package attack

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"example.com/presigned/lambda/operation"
	"example.com/presigned/test/harness"
)

const (
	oneObject = `{"key":"OBJECT"}`
	oneHead   = `{"operation":"headObject","key":"OBJECT"}`
)

// onRead is a row's attack with a URL to read.
func onRead(request string, change tamper) func(x *Try) harness.Answer {
	return tampered(operation.Download, request, "", change)
}

const coversRead = "method, path and query are signed"

func downloadRows() []Row {
	return []Row{
		{"round trip", func(x *Try) harness.Answer {
			key := x.upload(content)
			a := x.read(fmt.Sprintf(`{"key":%q,"filename":"r\u00e9sum\u00e9.txt"}`, key))
			if string(a.Body) != content {
				x.Errorf("get: got %d %q, want the bytes sent", a.Status, a.Body)
			}
			if got, want := a.Header.Get("Content-Disposition"), "attachment; filename*=UTF-8''r%C3%A9sum%C3%A9.txt"; got != want {
				x.Errorf("Content-Disposition: got %q, want %q", got, want)
			}
			h := x.read(strings.Replace(oneHead, "OBJECT", key, 1))
			if h.Status != http.StatusOK || h.Header.Get("Content-Length") != fmt.Sprint(len(content)) {
				x.Errorf("head: got %d, length %s", h.Status, h.Header.Get("Content-Length"))
			}
			return a
		}, 200, "", "what was sent comes back"},
		{"delete with a URL to read", onRead(oneObject, method("DELETE")), 403, "SignatureDoesNotMatch", coversRead},
		{"write with a URL to read", tampered(operation.Download, oneObject, "x", method("PUT")), 403, "SignatureDoesNotMatch", coversRead},
		{"another key", onRead(oneObject, swap("johndoe/", "alice/")), 403, "SignatureDoesNotMatch", coversRead},
		{"an inline disposition", onRead(oneObject, query("response-content-disposition", "inline")), 403, "SignatureDoesNotMatch", coversRead},
		{"another content type", onRead(oneObject, query("response-content-type", "text/html")), 403, "SignatureDoesNotMatch", coversRead},
		{"the ACL", onRead(oneObject, query("acl", "")), 403, "SignatureDoesNotMatch", coversRead},
		{"an older version", onRead(oneObject, query("versionId", "1")), 403, "SignatureDoesNotMatch", coversRead},
		{"HEAD without its signed header", onRead(oneHead, without("X-Amz-Checksum-Mode")), 403, "", coversRead},
	}
}

// missingKeyRows test that S3 says that a key is missing only to callers who may list it.
func missingKeyRows() []Row {
	const unlisted = "the role has s3:ListBucket for no key, so S3 does not say whether one is there"
	missing := func(request string) func(x *Try) harness.Answer {
		return func(x *Try) harness.Answer { return x.send(x.get(request).Request(nil)) }
	}
	return []Row{
		{"GET", missing(`{"key":"johndoe/1000000000000"}`), 403, "AccessDenied", unlisted},
		{"HEAD", missing(`{"operation":"headObject","key":"johndoe/1000000000000"}`), 403, "", unlisted},
	}
}

const listAll = `{"operation":"listObjectsV2"}`

func listingRows() []Row {
	return []Row{
		{"another user's listing", onRead(listAll, query("prefix", "alice/")), 403, "SignatureDoesNotMatch", coversRead},
		{"after another key than the signed one", onRead(`{"operation":"listObjectsV2","startAfter":"johndoe/1"}`, query("start-after", "alice/1")), 403, "SignatureDoesNotMatch", coversRead},
		{"everybody's listing", onRead(listAll, query("prefix", "")), 403, "SignatureDoesNotMatch", coversRead},
		{"a listing of versions", onRead(listAll, query("versions", "")), 403, "SignatureDoesNotMatch", coversRead},
		{"shows the caller's objects alone", func(x *Try) harness.Answer { return x.listedBeside(x.Other.AccessToken) }, 200, "", "the prefix is the caller's, and signed"},
	}
}

// startRows list from a key that is not the caller's.
func startRows() []Row {
	const own, plain = "checkKey: a key must be in the caller's own prefix", "checkKey: only characters that no client or server rewrites"
	after := func(key string) func(x *Try) harness.Answer {
		return asks(operation.Download, fmt.Sprintf(`{"operation":"listObjectsV2","startAfter":%q}`, key))
	}
	return []Row{
		{"after another user's key", after("alice/1595114575104"), 403, "KeyOutsidePrefix", own},
		{"after a key of a longer name", after("johndoe2/1"), 403, "KeyOutsidePrefix", own},
		{"after a key before every prefix", after("1595114575104"), 403, "KeyOutsidePrefix", own},
		{"after no key", after(""), 403, "KeyOutsidePrefix", own},
		{"after a key that climbs from one's own prefix", after("johndoe/../alice/1"), 400, "InvalidKey", plain},
		{"after a key that climbs", after("../alice/1"), 403, "KeyOutsidePrefix", own},
	}
}

// listedBeside lists the user's objects while other users have objects too.
func (x *Try) listedBeside(others ...string) harness.Answer {
	mine := x.upload(content)
	for _, token := range others {
		x.uploadAs(token, "x")
	}
	list := x.send(x.get(listAll).Request(nil))
	if !strings.Contains(string(list.Body), "<Key>"+mine+"</Key>") {
		x.Errorf("the listing misses %s: %s", mine, list.Body)
	}
	for chunk := range strings.SplitSeq(string(list.Body), "<Key>") {
		if key, _, found := strings.Cut(chunk, "</Key>"); found && !strings.HasPrefix(key, x.Me.Prefix+"/") {
			x.Errorf("the listing shows %q", key)
		}
	}
	return list
}

// expiry is when the function's URL has expired for certain, with a second for clock differences.
const expiry = (operation.ExpirySeconds + 1) * time.Second

// expiryRows wait until the function's URL has expired.
func expiryRows() []Row {
	return []Row{{"after its 300 s", func(x *Try) harness.Answer {
		r := x.put(sized(len(content))).Request([]byte(content))
		x.wait(expiry)
		return x.send(r)
	}, 403, "AccessDenied", "X-Amz-Expires is signed"}}
}
