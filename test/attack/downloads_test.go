package attack

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/presigned/test/harness"
)

func TestDownloadsRoundTrip(t *testing.T) {
	key := upload(t, content)
	p := get(t, fmt.Sprintf(`{"key":%q,"filename":"r\u00e9sum\u00e9.txt"}`, key))
	a := p.Request(nil).Send(t)
	if a.Status != http.StatusOK || string(a.Body) != content {
		t.Errorf("get: got %d %q, want the bytes sent", a.Status, a.Body)
	}
	if got, want := a.Header.Get("Content-Disposition"), "attachment; filename*=UTF-8''r%C3%A9sum%C3%A9.txt"; got != want {
		t.Errorf("Content-Disposition: got %q, want %q", got, want)
	}
	head := get(t, fmt.Sprintf(`{"operation":"headObject","key":%q}`, key)).Request(nil).Send(t)
	if head.Status != http.StatusOK || head.Header.Get("Content-Length") != fmt.Sprint(len(content)) {
		t.Errorf("head: got %d, length %s", head.Status, head.Header.Get("Content-Length"))
	}
	list := get(t, `{"operation":"listObjectsV2"}`).Request(nil).Send(t)
	if list.Status != http.StatusOK || !strings.Contains(string(list.Body), "<Key>"+key+"</Key>") {
		t.Errorf("list: got %d %s", list.Status, list.Body)
	}
}

func TestDownloads(t *testing.T) {
	key := upload(t, content)
	one := fmt.Sprintf(`{"key":%q}`, key)
	tampered := func(body string, tamper func(r *harness.Request)) func(t *testing.T) harness.Answer {
		return func(t *testing.T) harness.Answer {
			r := get(t, body).Request(nil)
			tamper(r)
			return r.Send(t)
		}
	}
	query := func(name, value string) func(r *harness.Request) {
		return func(r *harness.Request) {
			u, _ := url.Parse(r.URL)
			q := u.Query()
			q.Set(name, value)
			u.RawQuery = q.Encode()
			r.URL = u.String()
		}
	}
	const covers = "method, path and query are signed"
	try(t, []row{
		{"delete with a URL to read", tampered(one, func(r *harness.Request) { r.Method = "DELETE" }), 403, "SignatureDoesNotMatch", covers},
		{"write with a URL to read", tampered(one, func(r *harness.Request) { r.Method, r.Body = "PUT", []byte("x") }), 403, "SignatureDoesNotMatch", covers},
		{"another key", tampered(one, func(r *harness.Request) { r.URL = strings.Replace(r.URL, "johndoe/", "alice/", 1) }), 403, "SignatureDoesNotMatch", covers},
		{"an inline disposition", tampered(one, query("response-content-disposition", "inline")), 403, "SignatureDoesNotMatch", covers},
		{"another content type", tampered(one, query("response-content-type", "text/html")), 403, "SignatureDoesNotMatch", covers},
		{"the ACL", tampered(one, query("acl", "")), 403, "SignatureDoesNotMatch", covers},
		{"an older version", tampered(one, query("versionId", "1")), 403, "SignatureDoesNotMatch", covers},
		{"another user's listing", tampered(`{"operation":"listObjectsV2"}`, query("prefix", "alice/")), 403, "SignatureDoesNotMatch", covers},
		{"everybody's listing", tampered(`{"operation":"listObjectsV2"}`, query("prefix", "")), 403, "SignatureDoesNotMatch", covers},
		{"a listing of versions", tampered(`{"operation":"listObjectsV2"}`, query("versions", "")), 403, "SignatureDoesNotMatch", covers},
		{"HEAD without its signed header", tampered(fmt.Sprintf(`{"operation":"headObject","key":%q}`, key), func(r *harness.Request) { r.Header.Del("X-Amz-Checksum-Mode") }), 403, "", covers},
	})
}

func TestAListingShowsOnlyTheCallersObjects(t *testing.T) {
	mine := upload(t, content)
	for _, neighbour := range []string{"johndoe2", "john", "alice", "johndoe/x"} {
		p := harness.Presign(t, dev.UploadURL, dev.TokenOf(neighbour), `{"contentType":"text/plain"}`)
		if a := p.Request([]byte("x")).Send(t); a.Status != http.StatusOK {
			t.Fatalf("upload of %s: %d %s", neighbour, a.Status, a.Body)
		}
	}
	list := string(get(t, `{"operation":"listObjectsV2"}`).Request(nil).Send(t).Body)
	if !strings.Contains(list, mine) {
		t.Errorf("the listing misses %s: %s", mine, list)
	}
	for chunk := range strings.SplitSeq(list, "<Key>") {
		if key, _, found := strings.Cut(chunk, "</Key>"); found && !strings.HasPrefix(key, "johndoe/") {
			t.Errorf("the listing shows %q", key)
		}
	}
}
