##@ Check the tests

# SEED chooses which of all changes are tried. CONTRIBUTING.md has the last scores.
SEED ?= 16

.PHONY: mutations
mutations: ## Change the function and the client in one place at a time: do their tests notice? (an hour)
	cd test && go run ./mutation -root .. -seed $(SEED)
