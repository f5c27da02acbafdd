# The rows of package attack against a deployed stack: docs/runbook.md says how, and docs/assumptions.md what they check.

ACCEPTANCE_PROFILE ?= full
ACCEPTANCE_OUTPUTS ?= build/outputs-$(STAGE).json
ACCEPTANCE_SKIPS   ?=

##@ Check it where it runs

.PHONY: acceptance
acceptance: build/acceptance ## Check the deployed STAGE with requests, in the profile ACCEPTANCE_PROFILE (full, or smoke)
	build/acceptance -outputs $(ACCEPTANCE_OUTPUTS) -profile $(ACCEPTANCE_PROFILE) -report build/acceptance-$(ACCEPTANCE_PROFILE).json \
	  $(if $(ACCEPTANCE_SKIPS),-skips $(ACCEPTANCE_SKIPS))

# Which rows each change of the template turns red is in testdata/mutations.golden. MUTATIONS_GOLDEN writes it.
.PHONY: acceptance-mutations
acceptance-mutations: build/acceptance build/local-assembly/manifest.json ## Change the template one thing at a time, and see that rows of acceptance turn red
	build/acceptance -mutations . $(if $(MUTATIONS_GOLDEN),-write $(MUTATIONS_GOLDEN))

build/acceptance: $(call sources,test/acceptance test/attack test/harness test/leaks) $(LOCAL_SOURCES) $(LAMBDA_SOURCES)
	cd test && go build -o ../$@ ./acceptance
