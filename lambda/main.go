// Command lambda is the signer: it answers a signed-in caller's request with a presigned S3 URL, or a batch with several.
//
// The same binary serves every route; its environment says which operations it signs. A function with a
// rule of your own needs another main package like this one: examples/rule.
package main

import "example.com/presigned/lambda/presigner"

func main() { presigner.Main(nil) }
