package main

// notEnforced is what AWS does and MiniStack 1.5.33 does not, as far as this stack meets it. Nothing of it is asserted.
const notEnforced = `
What this emulator does not enforce, and what is not shown here:
  bucket policy   It does not know s3:authType, s3:if-none-match, s3:ObjectCreationOperation, s3:signatureAge,
                  s3:signatureversion and s3:TlsVersion. Denials that rest on them never apply, but for
                  DenySignersWithoutPresignedURL: that one would deny everything, and was withdrawn after the deploy.
                  test/iam evaluates them all.
  API Gateway     The request validator: the function refused by itself. The preflight's mapping template: its answer
                  names no origin. test/attack sends both to the local run.
  CloudFormation  A bucket that holds objects is removed all the same; AWS refuses. aws s3 rm emptied it first, but for
                  noncurrent versions. It leaves out a role's permissions boundary.
                  AWS::WAFv2::WebACLAssociation, AWS::Logs::QueryDefinition and alarms with metric math are unknown to
                  it, so the prod stage cannot be deployed here.
  Lambda          Architecture, memory, time limit and isolation of the functions.
  not looked at   Encryption at rest, lifecycle rules, log retention, tracing, access logs, deletion protection.
`
