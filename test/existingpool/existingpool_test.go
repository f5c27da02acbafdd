// Package existingpool attacks a stage with an existing user pool. It is not in package attack because a
// process can run only one S3 gateway.
package existingpool

import (
	"os"
	"testing"

	"example.com/presigned/test/attack"
)

var target *attack.Target

func TestMain(m *testing.M) { os.Exit(attack.MainLong(m, "existingpool-assembly", &target)) }

func TestEveryAttackRow(t *testing.T) { attack.RunEveryTable(t, target) }
