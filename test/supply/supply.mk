# What the product is made of: known vulnerabilities, licences, a bill of materials. SECURITY.md says who reads them.

GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0
PIP_AUDIT   := pip-audit==2.10.1
# Go's vulnerability reports, as a module: they come from where modules come from, and need no host besides. The pinned
# ones answer the same for the same commit; @latest are the newest.
VULNDB      ?= golang.org/x/vulndb@v0.0.0-20261105234957-e22db6528018
# The assembly whose function the bill is of: cdk.out after `make synth` has the one that deploys.
SBOM_ASSEMBLY ?= build/local-assembly

##@ Check what it is made of

.PHONY: supply
supply: vulncheck licences sbom ## Check dependencies: vulnerabilities, licences, bill of materials

.PHONY: vulncheck
vulncheck: ## Fail on a known vulnerability in what our Go code calls
	cd test && go run ./supply vulnerabilities -scanner $(GOVULNCHECK) -database $(VULNDB)

.PHONY: licences
licences: build/venv/verify/installed build/venv/emulated/installed build/venv/conformance/installed ## Fail on a licence that is not allowed
	cd test && go run ./supply licences

.PHONY: sbom
sbom: build/presigned $(SBOM_ASSEMBLY)/manifest.json ## Write the CycloneDX bills of materials to build/sbom
	cd test && go run ./supply sbom -assembly $(SBOM_ASSEMBLY)

# Both ask their registry's live advisories, which no package has: not for .ci/run.
.PHONY: audit
audit: build/venv/audit/installed ## Ask npm's and Python's live advisories about every lock file
	for dir in . web test/iam test/verify examples/amplify test/conformance; do (cd $$dir && npm audit --package-lock-only); done
	for set in verify emulated conformance; do build/venv/audit/bin/pip-audit --disable-pip --no-deps -r test/$$set/requirements.txt; done

build/venv/audit/installed: test/supply/supply.mk
	$(PYTHON) -m venv --clear $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check $(PIP_AUDIT)
	@touch $@
