# The rows of package attack against a deployed stack: docs/runbook.md says how to run them, docs/assumptions.md what they
# check. The report goes to build/acceptance-PROFILE.txt, and as JSON to build/acceptance-PROFILE.json.

ACCEPTANCE_PROFILE ?= full
ACCEPTANCE_OUTPUTS ?= build/outputs-$(STAGE).json
ACCEPTANCE_SKIPS   ?=

##@ Check a deployment

.PHONY: acceptance
acceptance: build/acceptance ## Check the deployed STAGE with requests, in the profile ACCEPTANCE_PROFILE (full, or smoke)
	status=0; build/acceptance -test.v -test.parallel 4 -test.run TestADeployedStack -outputs $(abspath $(ACCEPTANCE_OUTPUTS)) \
	  $(if $(filter full,$(ACCEPTANCE_PROFILE)),,-$(ACCEPTANCE_PROFILE)) $(if $(ACCEPTANCE_SKIPS),-skips $(abspath $(ACCEPTANCE_SKIPS))) \
	  | tee build/acceptance-$(ACCEPTANCE_PROFILE).txt | sed -E '/^===|--- (PASS|SKIP)/d; s/^ *testing.go:[0-9]+: //' || status=$$?; \
	go tool test2json < build/acceptance-$(ACCEPTANCE_PROFILE).txt > build/acceptance-$(ACCEPTANCE_PROFILE).json; exit $$status

build/acceptance: $(call sources,test/attack test/harness test/leaks) $(LOCAL_SOURCES) $(LAMBDA_SOURCES)
	cd test && go test -c -o ../$@ ./attack
