package command

import (
	"strings"
	"testing"

	assembly "example.com/presigned/local/template"
)

var notEnforced = []assembly.NotEnforcedProperty{
	{Type: "AWS::CloudWatch::Alarm", Reason: "nothing is measured", Option: "alarms"},
	{Type: "AWS::S3::Bucket", Property: "BucketEncryption", Reason: "files are not encrypted"},
	{Type: "AWS::SQS::Queue", Reason: "no events are sent", Option: "uploadEvents"},
	{Type: "AWS::SQS::QueuePolicy", Reason: "no events are sent", Option: "uploadEvents"},
}

func TestEachOptionThatIsNotServedIsNamedOnce(t *testing.T) {
	var out strings.Builder
	printNotServed(&out, notEnforced)
	want := `the local run does not serve the stage's option alarms: nothing is measured
the local run does not serve the stage's option uploadEvents: no events are sent
`
	if got := out.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWhatIsNotEnforcedIsListed(t *testing.T) {
	var out strings.Builder
	printNotEnforced(&out, notEnforced[:2])
	want := `not enforced locally:
  AWS::CloudWatch::Alarm: nothing is measured
  AWS::S3::Bucket BucketEncryption: files are not encrypted
`
	if got := out.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
