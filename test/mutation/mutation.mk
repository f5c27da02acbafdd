##@ Check the tests

# SEED chooses which of all changes are tried. CONTRIBUTING.md has the last scores.
SEED ?= 16

.PHONY: mutations
mutations: mutations-web ## Check that each change of function, client and page fails a test (two hours)
	cd test && go run ./mutation -root .. -seed $(SEED)

# SHARE of the changes of the page and its packages; 1 tries them all, in an hour.
SHARE ?= 0.1

.PHONY: mutations-web
mutations-web: test/mutation/web/node_modules/.complete web/node_modules/.complete
	@rm -rf build/mutations
	for part in upload uppy views session app; do (cd web && PART=$$part SEED=$(SEED) SHARE=$(SHARE) \
	  ../test/mutation/web/node_modules/.bin/stryker run ../test/mutation/web/stryker.config.js); done
	node test/mutation/web/score.js test/mutation/equivalents.txt 90 build/mutations/*.json
