# Known vulnerabilities, licences and bills of materials of the dependencies, by third-party tools.

GOVULNCHECK     := golang.org/x/vuln/cmd/govulncheck@v1.9.0
CYCLONEDX_GOMOD := github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0
# Go's vulnerability reports as a Go module, so no other host is needed. A pinned version gives the same answer for the
# same commit; @latest has the newest reports.
VULNDB ?= golang.org/x/vulndb@v0.0.0-20261105234957-e22db6528018
# The assembly whose function the bill describes. After `make synth`, cdk.out has the one that deploys.
SBOM_ASSEMBLY ?= build/local-assembly

# Every file that names dependencies, except those of the peers. Not by git, which fails in a checkout that another user
# owns.
manifests       = $(patsubst ./%,%,$(shell find . \( -name node_modules -o -name build -o -name peers -o -name .git \) -prune -o -name '$(1)' -print))
GO_MODULES     := $(patsubst %/,%,$(dir $(call manifests,go.mod)))
NPM_LOCKS      := $(call manifests,package-lock.json)
NPM_INSTALLED  := $(NPM_LOCKS:%package-lock.json=%node_modules/.complete)
PYTHON_SETS    := $(patsubst test/%/requirements.txt,%,$(call manifests,requirements.txt))

# What ships has licences that require only their text in each copy. Tools may have more:
# MPL-2.0 covers changed files, and we change none; BlueOak, CNRI and PSF are permissive; CC covers lists of licences
# and of browsers.
comma   := ,
SHIPPED := MIT,MIT-0,BSD-2-Clause,BSD-3-Clause,0BSD,Apache-2.0,ISC
TOOLS   := $(SHIPPED),MPL-2.0,BlueOak-1.0.0,CC0-1.0,CC-BY-3.0,CC-BY-4.0
# Python's metadata also uses other names for the same licences. With several, one allowed licence is enough.
PYTHON_LICENCES := $(subst $(comma),;,$(TOOLS));Apache-2.0 OR BSD-2-Clause;Apache-2.0 OR BSD-3-Clause;Apache-2.0 AND CNRI-Python;PSF-2.0
PYTHON_LICENCES := $(PYTHON_LICENCES);Apache License 2.0;Apache Software License;BSD License;MIT License
PYTHON_LICENCES := $(PYTHON_LICENCES);Mozilla Public License 2.0 (MPL 2.0);Python Software Foundation License
# AGPL-3.0: the IAM evaluator, which `go test ./iam` runs as a separate program. Nothing that ships includes it.
NPM_EXCEPTIONS  := @cloud-copilot/iam-policy;@cloud-copilot/iam-simulate;@cloud-copilot/iam-utils
# Its file has only the notice of Apache-2.0, which the tool does not recognize. It is used in tests.
GO_EXCEPTIONS   := gotest.tools/v3

##@ Check dependencies

.PHONY: supply
supply: vulncheck licences sbom ## Check dependencies: vulnerabilities, licences, bill of materials

# The test of one report fails if the database is empty. The standard library is that of go.mod's toolchain.
# examples/embed needs only what the root module needs.
.PHONY: vulncheck
vulncheck: ## Fail on a known vulnerability in what our Go code calls
	reports=$$(cd test && go mod download -json $(VULNDB) | awk -F'"' '$$2 == "Dir" {print $$4}')/data/osv; \
	test -f "$$reports/GO-2024-2687.json"; \
	export GOVERSION=$$(sed -n 's/^toolchain //p' go.mod); \
	for module in $(filter-out examples/embed,$(GO_MODULES)); do (cd $$module && go run $(GOVULNCHECK) -db "file://$$reports" ./...); done

.PHONY: licences
licences: export NODE_NO_WARNINGS := 1
licences: $(NPM_INSTALLED) $(PYTHON_SETS:%=build/venv/%/installed) ## Fail on a licence that is not allowed
	@licences=$$(cd test && go tool -n go-licenses); \
	check() { "$$licences" check "$$@" --ignore example.com/presigned --logtostderr=false --log_file=/dev/null --stderrthreshold=ERROR; }; \
	check ./lambda --allowed_licenses $(SHIPPED); \
	(cd client && check ./cmd/presigned --allowed_licenses $(SHIPPED)); \
	for module in $(GO_MODULES); do (cd $$module && check ./... --include_tests --allowed_licenses $(TOOLS) --ignore $(GO_EXCEPTIONS)); done
	@# --onlyAllow would take "MIT AND GPL-2.0" for MIT; --excludeLicenses reads the expression.
	@not_in() { test/verify/node_modules/.bin/license-checker-rseidelsohn --excludePrivatePackages --csv --excludeLicenses "$$@" | tail -n +2; }; \
	refused=$$(set -e; not_in '$(SHIPPED)' --start web --production; \
	  for dir in $(dir $(NPM_LOCKS)); do not_in '$(TOOLS)' --start $$dir --excludePackages '$(NPM_EXCEPTIONS)'; done); \
	[[ -z $$refused ]] || { echo "$$refused"; exit 1; }
	@for set in $(PYTHON_SETS); do \
	  build/venv/supply/bin/pip-licenses --python build/venv/$$set/bin/python --allow-only '$(PYTHON_LICENCES)' >/dev/null; done

.PHONY: sbom
sbom: build/presigned $(SBOM_ASSEMBLY)/manifest.json ## Write the CycloneDX bills of materials to build/sbom
	@mkdir -p build/sbom
	function=$$(find $$(grep -ho 'asset\.[0-9a-f]*' $(SBOM_ASSEMBLY)/*.assets.json | sort -u | sed 's|^|$(SBOM_ASSEMBLY)/|') -name bootstrap); \
	go run $(CYCLONEDX_GOMOD) bin -json -std -noserial -notimestamp -output build/sbom/function.cdx.json $$function
	go run $(CYCLONEDX_GOMOD) bin -json -std -noserial -notimestamp -output build/sbom/presigned.cdx.json build/presigned
	cd web && npm sbom --sbom-format cyclonedx --omit dev --package-lock-only > ../build/sbom/page.cdx.json

# Both need the network for the newest advisories, so .ci/run leaves them out.
.PHONY: audit
audit: build/venv/supply/installed ## Ask npm's and Python's live advisories about every lock file
	for dir in $(dir $(NPM_LOCKS)); do (cd $$dir && npm audit --package-lock-only); done
	for set in $(PYTHON_SETS); do build/venv/supply/bin/pip-audit --disable-pip --no-deps -r test/$$set/requirements.txt; done
