package users

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"

	"example.com/presigned/client"
)

func TestEachDifferenceBetweenStoreAndUserIsFound(t *testing.T) {
	sum := sha256.Sum256([]byte("content"))
	done := Upload{Name: "file1.bin", Key: "u/1", SHA256: sum}
	failed := func(err error) Upload { return Upload{Name: "file1.bin", SHA256: sum, Err: err} }
	refused := failed(errors.New(`upload "file1.bin": S3 refused it`))
	held := map[string][][sha256.Size]byte{"u/1": {sum}}
	for _, tt := range []struct {
		name  string
		told  []Upload
		have  Stored
		notes []string
		want  string // begins a difference; empty: none
	}{
		{"all is well", []Upload{done}, Stored{Versions: held}, nil, ""},
		{"reported and not there", []Upload{done}, Stored{}, nil, "lost"},
		{"reported with other content", []Upload{done}, Stored{Versions: map[string][][sha256.Size]byte{"u/1": {{1}}}}, nil, "lost"},
		{"two versions", []Upload{done}, Stored{Versions: map[string][][sha256.Size]byte{"u/1": {sum, sum}}}, nil, "doubled"},
		{"reported to nobody", nil, Stored{Versions: held}, nil, "doubled"},
		{"refused, and there", []Upload{refused}, Stored{Versions: held}, nil, "doubled"},
		{"stopped, and there", []Upload{failed(context.Canceled)}, Stored{Versions: held}, nil, ""},
		{"not known, and there", []Upload{failed(errors.Join(errors.New(`upload "file1.bin"`), client.ErrUnsure))}, Stored{Versions: held}, nil, ""},
		{"stopped, then reported under another key", []Upload{failed(context.Canceled), {Name: "file1.bin", Key: "u/2", SHA256: sum}},
			Stored{Versions: map[string][][sha256.Size]byte{"u/1": {sum}, "u/2": {sum}}}, nil, "doubled"},
		{"an upload that nobody remembers", nil, Stored{Open: []string{"u/1"}}, nil, "orphan"},
		{"an upload that a notice names", nil, Stored{Open: []string{"u/1"}}, []string{`the upload of "u/1" is left`}, ""},
		{"an error without the file's name", []Upload{failed(errors.New("something went wrong on the way"))}, Stored{}, nil, "unclear"},
		{"a secret in a notice", nil, Stored{}, []string{"https://s3/?X-Amz-Signature=1"}, "a secret"},
	} {
		u, err := New(t.TempDir(), client.Config{})
		if err != nil {
			t.Fatal(err)
		}
		u.uploads, u.notices = tt.told, tt.notes
		got := strings.Join(differences(tt.have, []*User{u}), "\n")
		if (got == "") != (tt.want == "") || !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
