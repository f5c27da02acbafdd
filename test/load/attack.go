package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/presigned/test/attack"
	"example.com/presigned/test/harness"
)

// rowsOfAnAttack is how many rows of package attack one action sends.
const rowsOfAnAttack = 10

// sendAttacks opens the stack as two new users, sends rows drawn at random, and removes users and objects.
func sendAttacks(ctx context.Context, u *user) error {
	w, ctx := u.world, refusable(ctx)
	target, err := attack.Open(ctx, attack.Config{Outputs: w.outputs(), AWS: &aws.Config{
		Credentials: w.root(),
		HTTPClient:  harness.NewClient(nil), // keeps no connection open, which would count as an open file
	}})
	if err != nil {
		return err
	}
	target.HTTP.Transport = &witness{next: target.HTTP.Transport, world: w}
	// Without the tables that would throttle other users, or send bodies of 10 MB, which would change the memory.
	tables := slices.DeleteFunc(attack.Tables(), func(t attack.Table) bool {
		return t.Name == "throttling" || t.Name == "gateway" || target.WhyNot(t) != ""
	})
	var failed []error
	for range rowsOfAnAttack {
		table := tables[u.random.IntN(len(tables))]
		row := table.Rows[u.random.IntN(len(table.Rows))]
		for _, failure := range attack.Judge(ctx, target, table, row).Failures {
			failed = append(failed, fmt.Errorf("%s: %s", table.ID(row), failure))
		}
		w.results.attacks.Add(1)
	}
	_, err = target.Close(ctx)
	return errors.Join(append(failed, err)...)
}
