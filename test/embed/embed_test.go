// Package embed attacks the app of examples/embed, which embeds the construct and has its own user pool. It is not in package
// attack because a process can run only one S3 gateway.
package embed

import (
	"os"
	"testing"

	"example.com/presigned/test/attack"
)

var target *attack.Target

func TestMain(m *testing.M) { os.Exit(attack.MainLong(m, "embed-assembly", &target)) }

func TestEveryAttackRow(t *testing.T) { attack.RunEveryTable(t, target) }
