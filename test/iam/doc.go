// Package iam proves least privilege: the policies that the stack deploys allow what the operation table
// needs and nothing else.
//
// It reads the golden templates of infra/stack/testdata, and takes from each the roles' inline and trust
// policies, the bucket policies and the key policy. An IAM evaluator evaluates them together over a table of
// requests. The tests check that
//
//   - each row has the result that the table says, decided by the statements that the table names;
//   - each row fails if its guard is removed, and some row fails if any part of a statement is removed;
//   - each role can reach exactly what its operations need, among all actions that the evaluator knows.
//
// testdata/removals.golden lists the changes of the policies that were tried, and the rows that failed.
//
// The contexts of the rows have the condition keys that AWS documents for S3. Nothing here proves that S3
// sends them. Queue policies and the functions' invoke permissions are not evaluated.
//
// The evaluator is npm's @cloud-copilot/iam-simulate, in one Node.js process for each test. Its licence is
// AGPL-3.0-or-later. It is a development dependency of this folder, and nothing that deploys may include it.
//
// Tests only: nothing imports this package.
package iam
