// Package presigner turns one API Gateway request of a signed-in caller into one presigned S3 URL.
//
// A request passes these stops, each a file: event (what API Gateway sends), claims (who calls), decode (the
// body), validate (what is asked), key (where it goes), presign (the signature) and respond (the answer, or a
// problem from the one table in problem.go). The package calls nothing over the network: given its
// clock and its environment it is a pure function.
//
// Only lambda/main.go, lambda/openapi and tests may import it. It imports lambda/operation, and presign.go alone
// imports service/s3. It needs no IAM action itself; S3 checks each URL it signs against its execution
// role, which therefore needs exactly the actions that lambda/operation lists for the enabled operations.
package presigner
