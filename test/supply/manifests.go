package main

// Every file that names dependencies is in one of these lists: a test compares them with what the repository has.

// goModules are the folders of the Go modules that are checked.
func goModules() []string { return []string{".", "local", "client", "test"} }

// npmTools are the folders of the lock files of which nothing ships. What ships is web's.
func npmTools() []string {
	return []string{".", "test/iam", "test/verify", "examples/amplify", "test/conformance"}
}

// pythonTools are the folders of requirements, each installed in build/venv by its name below test.
func pythonTools() []string { return []string{"test/verify", "test/emulated", "test/conformance"} }

// unchecked is below these folders: what the benchmarks measure us beside and what the local run is checked with. Nothing
// of ours is made of it, and nobody gets it.
func unchecked() []string { return []string{"test/bench/peers/", "test/conformance/peers/"} }
