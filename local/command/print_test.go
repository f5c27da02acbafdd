package command

import (
	"strings"
	"testing"

	assembly "example.com/presigned/local/template"
)

func TestWhatIsNotEnforcedIsToldOnceHoweverManyResourcesHaveIt(t *testing.T) {
	var out strings.Builder
	printNotEnforced(&out, []assembly.NotEnforced{
		{LogicalID: "Alarm1", Type: "AWS::CloudWatch::Alarm", Reason: "nothing is measured locally"},
		{LogicalID: "Uploads", Type: "AWS::S3::Bucket", Property: "BucketEncryption", Reason: "files are not encrypted"},
		{LogicalID: "Alarm2", Type: "AWS::CloudWatch::Alarm", Reason: "nothing is measured locally"},
	})
	want := `not enforced locally:
  AWS::CloudWatch::Alarm: nothing is measured locally
  AWS::S3::Bucket BucketEncryption: files are not encrypted
`
	if got := out.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
