package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"sync"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"example.com/presigned/test/harness"
	"example.com/presigned/test/users"
)

func checksum(content string) string {
	sum := sha256.Sum256([]byte(content))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// replayed uses a URL, and uses it again.
func replayed(ctx context.Context, a attacker) (harness.Answer, error) {
	p, err := a.granted(ctx)
	if err != nil {
		return harness.Answer{}, err
	}
	r := p.Request([]byte(content))
	first, err := harness.Exchange(ctx, r.Method, r.URL, r.Header, r.Body)
	if err == nil && first.Status != http.StatusOK {
		err = fmt.Errorf("the first use: got %d %s, want 200", first.Status, first.Body)
	}
	if err != nil {
		return harness.Answer{}, err
	}
	a.Told(users.Upload{Name: "by hand", Key: p.Key, Size: int64(len(content)), SHA256: sha256.Sum256([]byte(content))})
	return harness.Exchange(ctx, r.Method, r.URL, r.Header, r.Body)
}

// expiring are URLs that nobody has used, kept until they expire.
type expiring struct {
	mu   sync.Mutex
	kept []kept
}

type kept struct {
	request *harness.Request
	expires time.Time
}

// mostKept bounds them.
const mostKept = 20

// exchange keeps a request for later, and gives one that has expired meanwhile, or nil.
func (e *expiring) exchange(fresh kept) *harness.Request {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.kept) < mostKept {
		e.kept = append(e.kept, fresh)
	}
	if oldest := e.kept[0]; time.Since(oldest.expires) > time.Second {
		e.kept = e.kept[1:]
		return oldest.request
	}
	return nil
}

// expired sends a URL that a user got five minutes ago and has not used. While there is none so old, it sends one that
// root's credentials signed ten minutes ago, for five.
func expired(ctx context.Context, a attacker) (harness.Answer, error) {
	p, err := a.granted(ctx)
	if err != nil {
		return harness.Answer{}, err
	}
	expires, err := time.Parse(time.RFC3339, p.ExpiresAt)
	if err != nil {
		return harness.Answer{}, err
	}
	if r := a.world.expiring.exchange(kept{p.Request([]byte(content)), expires}); r != nil {
		a.world.results.outlived.Add(1)
		return harness.Exchange(ctx, r.Method, r.URL, r.Header, r.Body)
	}
	return a.world.signedEarlier(ctx, a.key)
}

// signedEarlier reads an object by a URL that expired five minutes ago.
func (w *world) signedEarlier(ctx context.Context, key string) (harness.Answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.server.S3URL+"/"+w.store.Bucket+"/"+key+"?X-Amz-Expires=300", nil)
	if err != nil {
		return harness.Answer{}, err
	}
	credentials, err := w.root().Retrieve(ctx)
	if err != nil {
		return harness.Answer{}, err
	}
	signed, _, err := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }).
		PresignHTTP(ctx, credentials, r, "UNSIGNED-PAYLOAD", "s3", w.server.Region, time.Now().Add(-10*time.Minute))
	if err != nil {
		return harness.Answer{}, err
	}
	return harness.Exchange(ctx, r.Method, signed, http.Header{}, nil)
}
