package stack

import (
	"fmt"
	"slices"
	"strings"

	"example.com/presigned/local/events"
	"example.com/presigned/local/template"
)

// webhookHeader is the header with the secret, unless the stage's webhook names another.
const webhookHeader = "X-Webhook-Secret"

// connection is AWS::Events::Connection.
type connection struct {
	AuthorizationType template.Fixed `want:"API_KEY"`
	AuthParameters    struct {
		APIKeyAuthParameters struct {
			APIKeyName  string               `json:"ApiKeyName"`
			APIKeyValue template.NotEnforced `json:"ApiKeyValue" why:"the secret is that of --webhook-secret"`
		} `json:"ApiKeyAuthParameters"`
	}
}

// openEvents makes the bus that delivers the events of uploads. It starts before the store, and is closed after it.
func (s *Stack) openEvents() error {
	webhook := events.Webhook{URL: s.cfg.Webhook, Header: webhookHeader, Secret: s.cfg.WebhookSecret}
	err := template.Each(s.t, "AWS::Events::Connection", func(_ template.Resource, c connection) error {
		webhook.Header = c.AuthParameters.APIKeyAuthParameters.APIKeyName
		return nil
	})
	if err != nil {
		return err
	}
	if webhook.URL != "" {
		if err := webhook.Check(); err != nil {
			return fmt.Errorf("--webhook %q: %w", webhook.URL, err)
		}
	}
	s.Events = events.New(events.Config{
		Account: s.t.AccountID(), Region: s.t.Region(), Queue: s.queuesUploads(), Webhook: webhook, Log: s.log("event "), Now: s.cfg.Now,
	})
	s.closers = append(s.closers, s.Events.Close)
	return nil
}

// queuesUploads reports whether the stage has the option uploadEvents, which makes the queue.
func (s *Stack) queuesUploads() bool {
	return slices.ContainsFunc(s.t.Resources("AWS::SQS::Queue"), func(r template.Resource) bool {
		return strings.Contains(r.LogicalID, "CompletedUploads")
	})
}
