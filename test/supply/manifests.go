package main

// Every file that names dependencies is in one of these lists: a test compares them with what the repository has.

// goModules are the folders of the Go modules that are checked.
func goModules() []string { return []string{".", "local", "client", "test"} }

// npmTools are the folders of the lock files of which nothing ships. What ships is web's.
func npmTools() []string { return []string{".", "test/iam", "test/verify", "examples/amplify"} }

// pythonTools are the folders of requirements, each installed in build/venv by its name below test.
func pythonTools() []string { return []string{"test/verify", "test/emulated"} }

// unchecked is below this folder: what the benchmarks measure us beside. Only `make bench` installs it, and nothing of
// ours is made of it.
const unchecked = "test/bench/peers/"
