package cli

import (
	"fmt"
	"testing"

	"example.com/presigned/client"
)

// A file that is refused for itself must not stop the others; what every file would meet must not be asked a hundred times.
func TestWhichRefusalsStopAllFiles(t *testing.T) {
	for _, tt := range []struct {
		status int
		code   string
		want   bool
	}{
		{401, "Unauthorized", true},
		{429, "Throttled", true},
		{500, "InternalError", true},
		{403, "OperationNotEnabled", true},
		{403, "TokenNotAccepted", true},
		{403, "AccessDenied", true},
		{403, "WafFiltered", true},
		{403, "KeyOutsidePrefix", false},
		{403, "OrderClosed", false}, // a rule of the stage's own
		{413, "UploadTooLarge", false},
		{415, "ContentTypeNotAllowed", false},
	} {
		err := fmt.Errorf("upload: %w", &client.Refusal{Status: tt.status, Code: tt.code})
		if got := affectsAll(err); got != tt.want {
			t.Errorf("%d %s: stops all: got %t, want %t", tt.status, tt.code, got, tt.want)
		}
	}
	if affectsAll(&client.Refusal{S3: true, Status: 403, Code: "AccessDenied"}) || !affectsAll(&client.Refusal{S3: true, Status: 503}) {
		t.Error("S3's refusal of one object stops all, or its failure does not")
	}
}
