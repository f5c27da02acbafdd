package operation

// Version is the version of the contract and the stack, the newest in CHANGELOG.md. The commit of a release has the tags
// v<Version> and client/v<Version>.
const Version = "0.9.0"
