// Package bounds attacks a stage that bounds its uploads. It is not in package attack because a process can run
// only one S3 gateway.
package bounds

import (
	"os"
	"testing"

	"example.com/presigned/test/attack"
)

// bounded is test/stages/bounded.json, which accepts objects of up to 20 MiB in parts of 8 MiB, and three kinds of content
// type.
var bounded *attack.Target

func TestMain(m *testing.M) { os.Exit(attack.Main(m, "bounded-assembly", &bounded)) }

func TestBounds(t *testing.T) {
	if bounded.PartSize != 8<<20 || bounded.MaxUploadBytes != 20<<20 {
		t.Errorf("the answer says parts of %d and objects of %d bytes", bounded.PartSize, bounded.MaxUploadBytes)
	}
	for _, name := range []string{"bounds", "content types"} {
		attack.RunTables(t.Context(), t, bounded, attack.Named(t, name), nil)
		attack.RunTablesInBatches(t, bounded, name, 0, 1, 2)
	}
}
