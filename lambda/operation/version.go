package operation

// Version is that of the contract and of the stack that keeps it. CHANGELOG.md begins with it, and the tags v<Version> and
// client/v<Version> name its commit.
const Version = "0.9.0"
