package operation

// Version is the version of the contract and the stack. It is the newest in CHANGELOG.md, and the tags v<Version> and
// client/v<Version> are on its commit.
const Version = "0.9.0"
