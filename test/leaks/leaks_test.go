package leaks

import (
	"strings"
	"testing"
)

func TestASecretIsFoundWhereverItStands(t *testing.T) {
	const password, key = "Local-7-correct-horse", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	for _, tt := range []struct{ name, text, want string }{
		{"an access token", "authorization: Bearer eyJraWQiOiJ4IiwiYWxnIjoiUlMyNTYifQ.eyJzdWIiOiJ4In0.c2ln", "a token"},
		{"a presigned URL", `Put "http://127.0.0.1/b/k?X-Amz-Date=1&X-Amz-Signature=abc": connection refused`, "a presigned URL"},
		{"a session token", "http://127.0.0.1/b/k?X-Amz-Security-Token=abc", "a session token"},
		{"an Authorization header of SigV4", "AWS4-HMAC-SHA256 Credential=AKIA/1, Signature=abc", "a signature"},
		{"a known password in JSON", `{"password":"` + password + `"}`, "a password"},
		{"a known key in a URL", "?key=wJalrXUtnFEMI%2FK7MDENG%2BbPxRfiCYEXAMPLEKEY&x", "a secret key"},
		{"an environment", "[AWS_REGION=x AWS_SECRET_ACCESS_KEY=x]", "a secret key"},
		{"the second of three lines", "one\ntwo " + key + "\nthree", "a secret key"},
		{"an ID that begins like one", `{"gatewayId":"zEFL2MlUxgeyJ5w=","caller":"johndoe"}`, ""},
		{"none", `{"requestId":"1","caller":"johndoe","key":"johndoe/1595114575104","code":"KeyOutsidePrefix"}`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var s Search
			s.Know("a password", password)
			s.Know("a secret key", key)
			found := s.Text("a log", tt.text)
			if tt.want == "" && len(found) == 0 {
				return
			}
			if len(found) != 1 || !strings.HasPrefix(found[0], "a log: "+tt.want+" in: ") {
				t.Fatalf("got %v, want %s in a log", found, tt.want)
			}
			if line := found[0]; strings.Contains(line, password) || strings.Contains(line, key) {
				t.Errorf("what was found is shown: %s", line)
			}
		})
	}
}

// S3 repeats what it was sent, in five elements; a secret elsewhere in the same refusal is found.
func TestOnlyS3sEchoOfTheRequestIsLeftOut(t *testing.T) {
	const echoed = "<CanonicalRequest>PUT\n/b/k\nX-Amz-Security-Token=abc\n</CanonicalRequest><SignatureProvided>abc</SignatureProvided>"
	var s Search
	if found := s.Refusal("S3", []byte("<Error><Code>SignatureDoesNotMatch</Code>"+echoed+"</Error>")); len(found) != 0 {
		t.Errorf("the echo alone: got %v", found)
	}
	if found := s.Refusal("S3", []byte("<Error><Message>X-Amz-Signature=abc</Message>"+echoed+"</Error>")); len(found) != 1 {
		t.Errorf("a signature beside the echo: got %v, want one", found)
	}
	if found := s.Text("a log", echoed); len(found) != 1 {
		t.Errorf("the echo in a log: got %v, want one", found)
	}
}

// In base64 any three characters come up now and then.
func TestS3sHostIDIsNoToken(t *testing.T) {
	var s Search
	if found := s.Refusal("S3", []byte("map[X-Amz-Id-2:[PkkeyJ0123456789abcdefgh+/w== PkkeyJ0123456789abcdefgh==]]\n<Error><HostId>PkkeyJ+/w==</HostId></Error>")); len(found) != 0 {
		t.Errorf("got %v", found)
	}
	if found := s.Refusal("S3", []byte("<Error><HostId>abc eyJraWQiOiJ4IiwiYWxnIn0</HostId></Error>")); len(found) != 1 {
		t.Errorf("in what is no base64: got %v, want one", found)
	}
}

func TestWhatIsTooShortIsNotLookedFor(t *testing.T) {
	var s Search
	s.Know("a password", "", "short")
	if found := s.Text("a log", "a short line"); len(found) != 0 {
		t.Errorf("got %v", found)
	}
}
