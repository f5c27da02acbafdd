// Package events emulates EventBridge and its targets: it makes S3's event for each completed upload, keeps it in a queue in
// memory, and posts it to a webhook.
package events

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Object is a completed upload.
type Object struct {
	Bucket, Key     string
	Size            int64 // bytes
	ETag, VersionID string
	Reason          string // PutObject or CompleteMultipartUpload
	RequestID       string
}

// Event is S3's event "Object Created", as EventBridge delivers it. Its key is not URL-encoded, as in AWS's example. AWS
// documents encoded keys only for the notifications that S3 itself sends.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
type Event struct {
	Version    string    `json:"version"`
	ID         string    `json:"id"`
	DetailType string    `json:"detail-type"`
	Source     string    `json:"source"`
	Account    string    `json:"account"`
	Time       time.Time `json:"time"`
	Region     string    `json:"region"`
	Resources  []string  `json:"resources"`
	Detail     Detail    `json:"detail"`
}

// Detail is the part of an event that S3 makes.
type Detail struct {
	Version string `json:"version"`
	Bucket  struct {
		Name string `json:"name"`
	} `json:"bucket"`
	Object struct {
		Key       string `json:"key"`
		Size      int64  `json:"size"`
		ETag      string `json:"etag"`
		VersionID string `json:"version-id,omitempty"`
		Sequencer string `json:"sequencer"`
	} `json:"object"`
	RequestID       string `json:"request-id"`
	Requester       string `json:"requester"`
	SourceIPAddress string `json:"source-ip-address"`
	Reason          string `json:"reason"`
}

// Config says where events go.
type Config struct {
	Account, Region string
	Queue           bool    // keep them for Queued
	Webhook         Webhook // without a URL: none
	Log             *log.Logger
	Now             func() time.Time
}

// Bus delivers events until Close.
type Bus struct {
	cfg    Config
	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	posts  sync.WaitGroup
	turns  chan struct{} // bounds how many events are posted at the same time
	pause  time.Duration // before the second try
	grace  time.Duration // that Close waits

	mu     sync.Mutex
	queued []Event
}

// New returns a bus without events.
func New(cfg Config) *Bus {
	ctx, cancel := context.WithCancel(context.Background())
	return &Bus{cfg: cfg, ctx: ctx, cancel: cancel, turns: make(chan struct{}, concurrency), pause: firstPause, grace: grace}
}

// Completed delivers the event of an upload. It doesn't wait for the webhook.
func (b *Bus) Completed(o Object) {
	e := b.event(o)
	if b.cfg.Queue {
		b.mu.Lock()
		b.queued = append(b.queued, e)
		b.mu.Unlock()
		b.log(e, "queued: %d bytes, by %s", o.Size, o.Reason)
	}
	if b.cfg.Webhook.URL != "" {
		b.posts.Go(func() { b.deliver(e) })
	}
}

// Queued returns the events that the queue has, oldest first.
func (b *Bus) Queued() []Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.queued)
}

// Wait waits until no event is on its way to the webhook.
func (b *Bus) Wait() { b.posts.Wait() }

// Close waits at most grace for the events that are on their way, and logs the rest as dead letters.
func (b *Bus) Close() error {
	defer b.cancel()
	defer time.AfterFunc(b.grace, b.cancel).Stop()
	b.posts.Wait()
	return nil
}

func (b *Bus) event(o Object) Event {
	now := b.cfg.Now().UTC()
	e := Event{
		Version: "0", ID: uuid.NewString(), DetailType: "Object Created", Source: "aws.s3", Account: b.cfg.Account, Time: now.Truncate(time.Second), Region: b.cfg.Region,
		Resources: []string{"arn:aws:s3:::" + o.Bucket},
		Detail:    Detail{Version: "0", RequestID: o.RequestID, Requester: b.cfg.Account, SourceIPAddress: "127.0.0.1", Reason: o.Reason},
	}
	e.Detail.Bucket.Name = o.Bucket
	object := &e.Detail.Object
	object.Key, object.Size, object.ETag, object.VersionID = o.Key, o.Size, o.ETag, o.VersionID
	object.Sequencer = fmt.Sprintf("%018X", now.UnixNano())
	return e
}

func (b *Bus) log(e Event, format string, args ...any) {
	b.cfg.Log.Print(e.Detail.Object.Key, " ", fmt.Sprintf(format, args...))
}

// body is the event as it is sent.
func (e Event) body() []byte {
	text, err := json.Marshal(e)
	if err != nil {
		panic(err) // strings and numbers encode
	}
	return text
}
