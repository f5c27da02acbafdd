// Package iam proves least privilege: the policies that the stack deploys allow what the operation table
// needs and nothing else.
//
// It reads the golden templates of infra/stack/testdata, takes from each the roles' inline and trust
// policies, the bucket policies and the key policy, and has a real IAM evaluator judge them together over a
// table of requests. Three questions are asked of it: does each row come out as the table says, decided by
// the statements that the table names; does each row turn red when its guard is taken away, and each part of
// each statement turn some row red when it is; and is everything that a role can reach, over every action
// that the evaluator knows, exactly what its operations need. testdata/removals.golden lists the changes
// that were tried and the rows that they turned red.
//
// The contexts of the rows are what AWS documents that S3 sends; that S3 does send them, nothing here can
// prove. Queue policies and the functions' invoke permissions are not evaluated.
//
// The evaluator is npm's @cloud-copilot/iam-simulate, in one node process for each test. It is
// AGPL-3.0-or-later: a development dependency of this folder, which nothing that deploys may include.
//
// Tests only: nothing imports this package.
package iam
