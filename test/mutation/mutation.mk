##@ Check the tests

# SEED chooses which of all changes are tried. docs/mutations.md has the last scores.
SEED ?= 16

.PHONY: mutations
mutations: mutations-web ## Change function, client and page in one place at a time: do their tests notice? (two hours)
	cd test && go run ./mutation -root .. -seed $(SEED)

# Stryker tries every change of the page and its packages.
.PHONY: mutations-web
mutations-web: test/mutation/web/node_modules/.complete web/node_modules/.complete
	cd web && ../test/mutation/web/node_modules/.bin/stryker run ../test/mutation/web/stryker.config.js
	node test/mutation/web/score.js build/mutations/web.json test/mutation/equivalents.txt 90
