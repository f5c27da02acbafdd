# The rows of package attack against a deployed stack: docs/runbook.md says how to run them, docs/assumptions.md what they
# check.

ACCEPTANCE_PROFILE ?= full
ACCEPTANCE_OUTPUTS ?= build/outputs-$(STAGE).json
ACCEPTANCE_SKIPS   ?=

##@ Check a deployment

.PHONY: acceptance
acceptance: build/acceptance ## Check the deployed STAGE with requests, in the profile ACCEPTANCE_PROFILE (full, or smoke)
	build/acceptance -outputs $(ACCEPTANCE_OUTPUTS) -profile $(ACCEPTANCE_PROFILE) -report build/acceptance-$(ACCEPTANCE_PROFILE).json \
	  $(if $(ACCEPTANCE_SKIPS),-skips $(ACCEPTANCE_SKIPS))

# testdata/mutations.golden lists the rows that each change of the template fails. MUTATIONS_GOLDEN writes it.
.PHONY: acceptance-mutations
acceptance-mutations: build/acceptance build/local-assembly/manifest.json ## Check that each change of the template fails a row of acceptance
	build/acceptance -mutations . $(if $(MUTATIONS_GOLDEN),-write $(MUTATIONS_GOLDEN))

build/acceptance: $(call sources,test/acceptance test/attack test/harness test/leaks) $(LOCAL_SOURCES) $(LAMBDA_SOURCES)
	cd test && go build -o ../$@ ./acceptance
