//go:build conformance

package conformance

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"example.com/presigned/test/harness"
)

// tampering is one change of a presigned request, and the S3 error that it must get.
type tampering struct {
	name   string
	change func(r *harness.Request)
	status int
	code   string
	only   string // the method that it applies to, "" for all
}

// swap changes one occurrence of a text in the URL, and panics when it is not there: a tampering that changes nothing
// would prove nothing.
func swap(old, new string) func(r *harness.Request) {
	return func(r *harness.Request) {
		if !strings.Contains(r.URL, old) {
			panic(fmt.Sprintf("tampering: no %q in the URL", old))
		}
		r.URL = strings.Replace(r.URL, old, new, 1)
	}
}

// digit changes the hexadecimal digit that follows a text in the URL.
func digit(after string) func(r *harness.Request) {
	return func(r *harness.Request) {
		at := strings.Index(r.URL, after) + len(after)
		other := "0"
		if r.URL[at:at+1] == other {
			other = "1"
		}
		r.URL = r.URL[:at] + other + r.URL[at+1:]
	}
}

func header(name, value string) func(r *harness.Request) {
	return func(r *harness.Request) { r.Header.Set(name, value) }
}

const (
	mismatch = "SignatureDoesNotMatch"
	query    = "AuthorizationQueryParametersError"
)

var tamperings = []tampering{
	{"a digit of the signature", digit("X-Amz-Signature="), 403, mismatch, ""},
	{"the last of the key", swap("/object?", "/objecu?"), 403, mismatch, ""},
	{"a longer expiry", swap("X-Amz-Expires=60", "X-Amz-Expires=61"), 403, mismatch, ""},
	{"an expiry of more than 7 days", swap("X-Amz-Expires=60", "X-Amz-Expires=604801"), 400, query, ""},
	{"an expiry below 0", swap("X-Amz-Expires=60", "X-Amz-Expires=-1"), 400, query, ""},
	{"no expiry", swap("X-Amz-Expires=60", "X-Amz-Expired=60"), 400, query, ""},
	{"an added query parameter", func(r *harness.Request) { r.URL += "&versionId=null" }, 403, mismatch, ""},
	{"an added subresource", func(r *harness.Request) { r.URL += "&tagging=" }, 403, mismatch, ""},
	{"another access key", swap("AKIALOCALROOT0000000", "AKIALOCALROOT0000001"), 403, "InvalidAccessKeyId", ""},
	{"another region", swap("%2Fus-east-1%2F", "%2Fus-east-2%2F"), 400, query, ""},
	{"another service", swap("%2Fs3%2F", "%2Fs4%2F"), 400, query, ""},
	{"another algorithm", swap("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA255"), 400, query, ""},
	{"a host that is not signed", swap("host", "hose"), 403, "AccessDenied", ""},
	{"another method", func(r *harness.Request) { r.Method = http.MethodDelete }, 403, mismatch, ""},
	{"HEAD for GET", func(r *harness.Request) { r.Method = http.MethodHead }, 403, "", http.MethodGet},
	{"another host", func(r *harness.Request) { r.URL = strings.Replace(r.URL, "127.0.0.1", "localhost", 1) }, 403, mismatch, ""},
	{"another content type", header("Content-Type", "text/x-0; charset=utf-9"), 403, mismatch, http.MethodPut},
	{"no content type", func(r *harness.Request) { r.Header.Del("Content-Type") }, 403, mismatch, http.MethodPut},
	{"other metadata", header("X-Amz-Meta-Note", "a  b+c=1"), 403, mismatch, http.MethodPut},
	{"another part", swap("partNumber=2", "partNumber=3"), 403, mismatch, "part"},
	{"another upload", func(r *harness.Request) { digit("uploadId=")(r) }, 403, mismatch, "part"},
}

// part is a presigned uploadPart of an upload that is under way.
func part(t *testing.T, signer string) theirs {
	t.Helper()
	key := signer + "/tampered/object"
	upload, err := dev.Running.Store.Client().CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: &dev.Bucket, Key: &key})
	if err != nil {
		t.Fatal(err)
	}
	return theirs{Signer: signer, Operation: "upload_part", method: http.MethodPut, body: "bananas", Expires: 60,
		Params: map[string]any{"Bucket": dev.Bucket, "Key": key, "UploadId": *upload.UploadId, "PartNumber": 2}}
}

func TestS3RefusesWhatOthersSignedAndSomebodyChanged(t *testing.T) {
	got := checks{}
	for _, signer := range []string{"botocore", "sdk"} {
		puts, gets := requests(signer, []string{"tampered/object"})
		gets[0].Expires = 60
		cases := []theirs{puts[0], gets[0], part(t, signer)}
		for i, url := range signed(t, signers(t)[signer](), cases) {
			kind := []string{http.MethodPut, http.MethodGet, "part"}[i]
			if a := cases[i].request(url).Send(t); a.Status != http.StatusOK {
				t.Errorf("%s of %s, unchanged: got %d %s, want 200", kind, signer, a.Status, a.Body)
			}
			for _, row := range tamperings {
				if row.only == "" || row.only == kind {
					got.add(fmt.Sprintf("%s, %s: %s", signer, strings.ToLower(kind), row.name), refused(t, cases[i].request(url), row))
				}
			}
		}
	}
	judge(t, "Tampered URLs", got)
}

// refused sends a changed request, and says what is wrong with the answer.
func refused(t *testing.T, r *harness.Request, row tampering) string {
	t.Helper()
	row.change(r)
	if a := r.Send(t); a.Status != row.status || a.Code() != row.code {
		return fmt.Sprintf("got %d %q, want %d %q", a.Status, a.Code(), row.status, row.code)
	}
	return ""
}

// The JavaScript SDK signs at any time that it is told.
func TestS3RefusesWhatIsSignedForAnotherTime(t *testing.T) {
	got := checks{}
	now := time.Now()
	for name, row := range map[string]struct {
		at     time.Time
		status int
	}{
		"expired a second ago": {now.Add(-61 * time.Second), 403},
		"from yesterday":       {now.Add(-24 * time.Hour), 403},
		"14 minutes early":     {now.Add(14 * time.Minute), 200},
		"16 minutes early":     {now.Add(16 * time.Minute), 403},
	} {
		_, gets := requests("sdk", []string{"times"})
		store(t, "sdk/times")
		gets[0].Expires, gets[0].Date = 60, row.at.UTC().Format(time.RFC3339)
		a := gets[0].request(signed(t, signers(t)["sdk"](), gets)[0]).Send(t)
		wrong := ""
		if a.Status != row.status || row.status == 403 && a.Code() != "AccessDenied" {
			wrong = fmt.Sprintf("got %d %q, want %d", a.Status, a.Code(), row.status)
		}
		got.add(name, wrong)
	}
	judge(t, "URLs of another time", got)
}
