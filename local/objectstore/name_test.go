package objectstore

import (
	"strings"
	"testing"
)

func TestNamesOfALongStackStayApart(t *testing.T) {
	long := strings.Repeat("s", 128) // CloudFormation's longest
	upload, download := physicalName(long, "UploadSignerRole", 64), physicalName(long, "DownloadSignerRole", 64)
	if upload == download || len(upload) > 64 || len(download) > 64 {
		t.Errorf("got %s and %s, want two names of at most 64 characters", upload, download)
	}
	if got, want := physicalName("acme", "UploadSignerRole", 64), "acme-UploadSignerRole"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
