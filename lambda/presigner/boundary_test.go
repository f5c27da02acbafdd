package presigner_test

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"example.com/presigned/lambda/operation"
	"example.com/presigned/lambda/presigner"
)

// Each value lies on a bound. When `make mutations` moved the bound by one, no other test failed.

func TestABodyMayBeAsLongAsItsBound(t *testing.T) {
	padded := func(body string, size int) string { return body + strings.Repeat(" ", size-len(body)) }
	issued(t, unbounded(), padded(`{}`, 8<<10))
	one := unbounded()
	one.MaxBatch = 1
	issued(t, one, padded(`{}`, 8<<10))
	r, _ := invoke(t, one, padded(`{}`, 8<<10+1))
	if r.Status != presigner.Statuses()[presigner.RequestTooLarge] {
		t.Errorf("got status %d for one byte more, want %d", r.Status, presigner.Statuses()[presigner.RequestTooLarge])
	}
	if r, _ := invoke(t, unbounded(), padded(`{"requests":[{}]}`, operation.MaxBatch*8<<10)); r.Status != 200 {
		t.Errorf("got status %d for the longest batch, want 200: %s", r.Status, r.Body)
	}
}

func TestEveryLetterAndDigitIsPlain(t *testing.T) {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-."
	if key := issued(t, unbounded(), `{"filename":"`+plain+`"}`).Key; !strings.HasSuffix(key, "-"+plain) {
		t.Errorf("got key %q, want the name as it is", key)
	}
}

func TestAnExtensionIsKeptUpToItsBound(t *testing.T) {
	long := strings.Repeat("a", 250)
	for extension, kept := range map[string]bool{"." + strings.Repeat("x", 19): true, "." + strings.Repeat("x", 20): false} {
		if key := issued(t, unbounded(), `{"filename":"`+long[:250-len(extension)]+extension+`"}`).Key; strings.HasSuffix(key, extension) != kept {
			t.Errorf("%d bytes: got key %q, want the extension kept: %t", len(extension), key, kept)
		}
	}
	// If a key has little room for the filename, the extension gets half of it at most. The rest is for the name.
	key := issued(t, unbounded(), `{"filename":"abcdefghij.abcdefgh"}`, withClaim("username", strings.Repeat("\U0010FFFF", 125))).Key
	if !strings.HasSuffix(key, "-abcdefghi") {
		t.Errorf("got key ending in %q, want -abcdefghi", key[len(key)-20:])
	}
}

func TestALongValueIsShownInPart(t *testing.T) {
	for length, want := range map[int]string{100: strings.Repeat("x", 100) + `"`, 101: strings.Repeat("x", 100) + `..."`} {
		r, _ := invoke(t, unbounded(), `{"operation":"`+strings.Repeat("x", length)+`"}`)
		if !strings.Contains(r.Body, strings.ReplaceAll(want, `"`, `\"`)) {
			t.Errorf("%d characters: got %s, want %s in it", length, r.Body, want)
		}
	}
}

func TestAStageMayHaveBatchesOfOne(t *testing.T) {
	if c, err := presigner.ConfigFromEnv(environment("MAX_BATCH", "1")); err != nil || c.MaxBatch != 1 {
		t.Errorf("got %d, %v, want 1", c.MaxBatch, err)
	}
	if _, err := presigner.ConfigFromEnv(environment("MAX_BATCH", "0")); err == nil {
		t.Error("got no error for 0")
	}
}

func TestAContentTypesCaseAndParametersDoNotMatter(t *testing.T) {
	c := unbounded()
	c.ContentTypes = []string{"Image/PNG", "Text/*"}
	for _, contentType := range []string{"image/png", "IMAGE/PNG", "text/plain", "TEXT/csv", "image/png; charset=utf-8"} {
		if got := issued(t, c, `{"contentType":"`+contentType+`"}`).Headers["Content-Type"]; got != contentType {
			t.Errorf("got %q, want it as it was sent, %q", got, contentType)
		}
	}
}

func TestARefusedKeyNamesTheSegmentsThatAreNotAllowed(t *testing.T) {
	r, _ := invoke(t, unbounded(), `{"operation":"getObject","key":"johndoe/.."}`)
	if !strings.Contains(r.Body, `none of them empty, \".\" or \"..\"`) {
		t.Errorf("got %s, want both segments named", r.Body)
	}
}

// A process that cannot start must end with an error, or Lambda waits for it until the timeout.
func TestAFunctionWithoutItsSettingsEndsWithAnError(t *testing.T) {
	if os.Getenv("RUN_MAIN") != "" {
		presigner.Main(nil)
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = []string{"RUN_MAIN=1"}
	output, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(output), "presigned: ") {
		t.Errorf("got %v and %q, want exit code 1 and the reason", err, output)
	}
}
