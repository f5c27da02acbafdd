package attack

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.com/presigned/lambda/operation"
	"example.com/presigned/test/harness"
)

// fill replaces johndoe and alice, for whom the rows are written, with the target's users, and text/plain with a content type
// that the stage accepts.
func (x *Target) fill(text string) string {
	return strings.NewReplacer(
		x.Me.Prefix, x.Me.Prefix, x.Other.Prefix, x.Other.Prefix, // real prefixes stay as they are
		"johndoe", x.Me.Prefix, "alice", x.Other.Prefix, "JohnDoe", strings.ToUpper(x.Me.Prefix),
		"j\u043Ehndoe", lookalike(x.Me.Prefix), "APP-CLIENT", x.AppClientID, `"text/plain"`, `"`+x.ContentType+`"`,
	).Replace(text)
}

// lookalike is a name that looks the same and has another letter.
func lookalike(name string) string {
	changed := strings.NewReplacer("o", "\u043E", "a", "\u0430", "e", "\u0435").Replace(name)
	if changed == name {
		return name + "\u2060" // a word joiner, which is invisible
	}
	return changed
}

// do sends one request.
func (x *Try) do(method, address string, header http.Header, body []byte) harness.Answer {
	a, err := x.exchange(x.ctx, method, address, header, body)
	if err != nil {
		if broken := (*url.Error)(nil); errors.As(err, &broken) {
			err = broken.Err // without the URL, which is a credential
		}
		x.Fatal(method, ": ", err)
	}
	for _, leak := range a.Secrets() {
		x.Error(leak)
	}
	return a
}

// exchange sends one request, and notes the key that it may have written.
func (x *Target) exchange(ctx context.Context, method, url string, header http.Header, body []byte) (harness.Answer, error) {
	a, err := harness.ExchangeBy(ctx, x.HTTP, method, url, header, body)
	if err != nil || a.Status < http.StatusMultipleChoices {
		x.made.note(x.BucketURL, method, url)
	}
	return a, err
}

// ask posts a body to an endpoint. As any client should, it asks again when it is throttled.
func (x *Try) ask(url, token, body string) harness.Answer {
	return x.askIn(url, token, "application/json", body)
}

// askIn is ask with the given content type: API Gateway validates bodies of the content type JSON only.
func (x *Try) askIn(url, token, contentType, body string) harness.Answer {
	if x.batched {
		return x.askInBatch(url, token, contentType, body)
	}
	return x.post(url, token, contentType, body)
}

func (x *Try) post(url, token, contentType, body string) harness.Answer {
	header := http.Header{"Content-Type": {contentType}}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	return x.askWith(url, header, body)
}

func (x *Try) askWith(url string, header http.Header, body string) harness.Answer {
	for {
		a := x.do(http.MethodPost, url, header, []byte(x.fill(body)))
		if a.Status != http.StatusTooManyRequests {
			return a
		}
		x.wait(100 * time.Millisecond)
	}
}

// presign asks for an operation that must be granted. Rows run at the same time, and requests in the same millisecond
// may get the same key. So presign asks again if another row got the new key.
func (x *Try) presign(url, token, body string) harness.Presigned {
	for {
		p := x.granted(url, token, body)
		if strings.Contains(body, `"key":`) || p.Key == "" || x.made.claim(p.Key) {
			return p
		}
	}
}

func (x *Try) granted(url, token, body string) harness.Presigned {
	a := x.ask(url, token, body)
	if a.Status != http.StatusOK {
		x.Fatalf("presign %s: got %d %s, want 200", body, a.Status, a.Body)
	}
	var p harness.Presigned
	if err := json.Unmarshal(a.Body, &p); err != nil {
		x.Fatal(err)
	}
	return p
}

// put presigns an operation of the upload route; get presigns one of the download route.
func (x *Try) put(body string) harness.Presigned {
	return x.presign(x.UploadURL, x.Me.AccessToken, body)
}
func (x *Try) get(body string) harness.Presigned {
	return x.presign(x.DownloadURL, x.Me.AccessToken, body)
}

func (x *Try) send(r *harness.Request) harness.Answer { return x.do(r.Method, r.URL, r.Header, r.Body) }

// read reads an object that was just uploaded. A stage that scans uploads refuses until the scan is done, so read tries again
// until the target's patience ends.
func (x *Try) read(request string) harness.Answer {
	for end := time.Now().Add(x.Patience); ; x.wait(time.Second) {
		a := x.send(x.get(request).Request(nil))
		if a.Status != http.StatusForbidden || time.Now().After(end) {
			return a
		}
	}
}

// must sends a request, whose answer must have a status: the rest of the row rests on it.
func (x *Try) must(status int, r *harness.Request) harness.Answer {
	a := x.send(r)
	if a.Status != status {
		x.Fatalf("%s: got %d %s, want %d", r.Method, a.Status, a.Body, status)
	}
	return a
}

// upload puts an object and returns its key.
func (x *Try) upload(content string) string { return x.uploadAs(x.Me.AccessToken, content) }

func (x *Try) uploadAs(token, content string) string {
	p := x.presign(x.UploadURL, token, sized(len(content)))
	x.must(http.StatusOK, p.Request([]byte(content)))
	return p.Key
}

// asks is a row's attack on an endpoint.
func asks(route operation.Route, body string) func(x *Try) harness.Answer {
	return func(x *Try) harness.Answer { return x.ask(x.URL(route), x.Me.AccessToken, body) }
}

// wait waits, unless the run ends before.
func (x *Try) wait(d time.Duration) {
	select {
	case <-x.ctx.Done():
		x.Fatal("ended while waiting")
	case <-time.After(d):
	}
}

// tamper changes a request before it is sent.
type tamper func(x *Try, r *harness.Request)

// tampered is a row's attack on S3: it gets a URL, and changes the request before it is sent. In the request for the URL,
// OBJECT is the key of a new object, and KEY and ID are those of a new multipart upload.
func tampered(route operation.Route, request, sent string, changes ...tamper) func(x *Try) harness.Answer {
	return func(x *Try) harness.Answer {
		body := request
		if before, after, found := strings.Cut(body, "OBJECT"); found {
			body = before + x.upload(content) + after
		}
		if strings.Contains(body, `"ID"`) {
			key, id := x.uploadID()
			body = strings.NewReplacer("KEY", key, "ID", id).Replace(body)
		}
		r := x.presign(x.URL(route), x.Me.AccessToken, body).Request([]byte(sent))
		for _, change := range changes {
			change(x, r)
		}
		return x.send(r)
	}
}

// swap replaces a part of the URL, which must be there.
func swap(old, new string) tamper {
	return func(x *Try, r *harness.Request) {
		fill := func(s string) string { return strings.ReplaceAll(x.fill(s), "BUCKET", x.Bucket) }
		changed := strings.Replace(r.URL, fill(old), fill(new), 1)
		if changed == r.URL {
			x.Fatalf("%q is not in the URL", old)
		}
		r.URL = changed
	}
}

// header sets a header, also to the empty value.
func header(name, value string) tamper {
	return func(x *Try, r *harness.Request) {
		r.Header.Set(name, strings.Replace(x.fill(value), "BUCKET", x.Bucket, 1))
	}
}

func without(name string) tamper { return func(_ *Try, r *harness.Request) { r.Header.Del(name) } }
func method(m string) tamper     { return func(_ *Try, r *harness.Request) { r.Method = m } }

// inQuery changes the query.
func inQuery(change func(url.Values)) tamper {
	return func(_ *Try, r *harness.Request) {
		u, _ := url.Parse(r.URL)
		query := u.Query()
		change(query)
		u.RawQuery = query.Encode()
		r.URL = u.String()
	}
}

// decoded removes the percent-encoding of the query, as some HTTP libraries do before they encode it again.
func decoded(_ *Try, r *harness.Request) {
	address, query, _ := strings.Cut(r.URL, "?")
	plain, _ := url.PathUnescape(query)
	r.URL = address + "?" + strings.ReplaceAll(plain, " ", "%20")
}

// query sets a parameter.
func query(name, value string) tamper {
	return func(x *Try, r *harness.Request) {
		inQuery(func(q url.Values) { q.Set(name, x.fill(value)) })(x, r)
	}
}
