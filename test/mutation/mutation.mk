##@ Check the tests

# SEED chooses which of all changes are tried. CONTRIBUTING.md has the last scores.
SEED ?= 16

.PHONY: mutations
mutations: ## Check that each change of the function and the client fails a test (an hour)
	cd test && go run ./mutation -root .. -seed $(SEED)
