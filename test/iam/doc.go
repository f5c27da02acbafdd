// Package iam proves least privilege: the policies that the stack deploys allow what the operation table
// needs and nothing else.
//
// It reads the golden templates of infra/stack/testdata, takes from each the roles' inline policies, the
// roles' trust policies and the bucket policy, and has a real IAM evaluator judge them together over a
// table of requests. Three questions are asked of it: does each row come out as the table says, for the
// reason that the table says; does each row turn red when its guard is taken away; and is everything that
// a role can reach, over every action that the evaluator knows, exactly what its operations need.
//
// The evaluator is npm's @cloud-copilot/iam-simulate, in one node process for each test. It is
// AGPL-3.0-or-later: a development dependency of this folder, which nothing that deploys may include.
//
// Tests only: nothing imports this package.
package iam
