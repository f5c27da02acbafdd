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

build/acceptance: $(call sources,test/acceptance test/attack test/harness test/leaks) $(LOCAL_SOURCES) $(LAMBDA_SOURCES)
	cd test && go build -o ../$@ ./acceptance
