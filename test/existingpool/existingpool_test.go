// Package existingpool attacks a stage with an existing user pool. It is not in package attack because a
// process can run one S3 gateway only.
package existingpool

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"example.com/presigned/test/attack"
)

var target *attack.Target

func TestMain(m *testing.M) {
	if flag.Parse(); testing.Short() {
		fmt.Println("make test-long sends the rows to this stack")
		return
	}
	os.Exit(attack.Main(m, "existingpool-assembly", &target))
}

func TestEveryAttackRow(t *testing.T) { attack.RunEveryTable(t, target) }
