# The commands that people, the README and CI run. `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# On Linux, `npm ci` installs the Node that jsii and the CDK CLI run on. Elsewhere they run on yours.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
# These keep a surrounding Go workspace and the user's settings from changing the build.
export GOWORK := off
unexport GOARCH GOOS
# Go asks git for a program's commit, and fails in a checkout that another user owns, because git refuses there.
export GOFLAGS := $(strip $(GOFLAGS) $(if $(shell git rev-parse HEAD 2>/dev/null),,-buildvcs=false))
# jsii unpacks aws-cdk-lib once instead of on every start.
export JSII_RUNTIME_PACKAGE_CACHE := enabled

PYTHON        ?= python3
STAGE         ?= dev
STAGES        ?= stages
FUZZTIME      ?= 30s
ARCHITECTURE  := $(if $(filter arm64,$(shell go env GOHOSTARCH)),arm64,x86_64)
GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
# Vale needs a C compiler: it parses Go comments with tree-sitter.
VALE          := github.com/errata-ai/vale/v3/cmd/vale@v3.19.0

sources = $(shell find $(1) -type f \( -name '*.go' -o -name go.mod -o -name go.sum \) -not -name '*_test.go' 2>/dev/null)

LAMBDA_SOURCES := $(call sources,lambda) go.mod go.sum
INFRA_SOURCES  := $(call sources,infra) $(LAMBDA_SOURCES)
CLIENT_SOURCES := $(call sources,client)
LOCAL_SOURCES  := $(call sources,local) $(CLIENT_SOURCES)
WEB_SOURCES    := $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path 'web/e2e/*' -not -path 'web/test/*' 2>/dev/null)

.PHONY: help
help: ## List what make can do
	@awk 'BEGIN {FS = ":.*## "} /^##@ / {print "\n" substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Try it

.PHONY: demo
demo: build/local build/local-assembly/manifest.json ## Sign in, presign, upload and look into the bucket, on this machine
	@build/local demo --assembly build/local-assembly

# Other ports: make run RUN_FLAGS='--api 127.0.0.1:9080'; build/local run --help lists the flags.
RUN_FLAGS ?=
.PHONY: run
run: build ## Serve the stack on this machine until Ctrl-C
	@build/local run --assembly build/local-assembly --page-dir web/dist $(RUN_FLAGS)

.PHONY: build
build: build/local build/presigned build/local-assembly/manifest.json web/dist/index.html ## Build everything that demo, run and test need

##@ Check it

# CI sets TEST_FLAGS='-short -race', which takes three times as long.
# -count=1, because go test caches a result even if files outside its module, such as build/, have changed.
TEST_FLAGS ?= -short
.PHONY: test
test: build build/bounded-assembly/manifest.json build/bench/stack-assembly/manifest.json test/iam/node_modules/.complete examples/amplify/node_modules/.complete ## Run the tests of every module, except long ones, browser tests and conformance suites
	go test $(TEST_FLAGS) ./lambda/... ./infra/stage ./infra/configure
	@# Without the flags, because jsii-runtime-go has a data race when it closes its process.
	go test ./infra ./infra/stack ./infra/uploads
	cd examples/rule && go test $(TEST_FLAGS) ./...
	cd local && go test -count=1 $(TEST_FLAGS) ./...
	@# These tests wait much of the time, so more of them run at once than there are cores.
	(cd client && go test -count=1 $(TEST_FLAGS) ./...) > build/test-client.txt 2>&1 & \
	client=$$!; (cd web && npm run test:quick) > build/test-web.txt 2>&1 & \
	web=$$! status=0; \
	(cd test && go test -count=1 -p 3 $(TEST_FLAGS) ./...) || status=$$?; \
	wait $$client || status=$$?; wait $$web || status=$$?; \
	cat build/test-client.txt build/test-web.txt; exit $$status

.PHONY: test-long
test-long: build build/existingpool-assembly/manifest.json build/embed-assembly/manifest.json test/iam/node_modules/.complete ## Run the long tests, which make test leaves out
	cd client && go test -count=1 . ./cmd/presigned
	for stack in existingpool embed; do (cd test && go test -count=1 -run TestAttacks ./attack -assembly $$stack-assembly); done
	cd test && go test -count=1 ./iam ./examples
	cd web && npm run test:long
	cd test && go test -count=1 -run Renamed ./documents

.PHONY: test-browser
test-browser: build build/bounded-assembly/manifest.json ## Run the browser tests (needs Chromium)
	cd web && npm run test:browser

.PHONY: pictures
pictures: build ## Take the README's pictures of the page again (needs Chromium)
	cd web && node --test --test-reporter=dot --test-name-pattern='under way' e2e/look.test.js
	cp build/screenshots/5-under-way-desk.png docs/images/page.png
	cp build/screenshots/5-under-way-phone.png docs/images/phone.png

.PHONY: lint
lint: web/node_modules/.complete prose ## Run the linters
	for module in $(GO_MODULES); do (cd $$module && go run $(GOLANGCI_LINT) run ./...); done
	@git ls-files '*.js' '*.mjs' '*.py' '*.sh' | xargs wc -l | awk '$$2 != "total" && $$1 > 250 {print "error: " $$2 " has " $$1 " lines, want at most 250"; long = 1} END {exit long}'
	cd web && npm run --silent check

.PHONY: prose
prose: ## Check the wording of documents, comments and the texts of the page (needs a C compiler)
	@CGO_ENABLED=1 go run $(VALE) --config test/prose/vale.ini $(filter-out web/dist/% cdk.out/%,$(foreach file,$(foreach kind,md go js mjs jsx ts,$(call manifests,*.$(kind))),$(if $(findstring /testdata/,$(file)),,$(file))))

# The tests of infra/stack prove that the templates are current, within CloudFormation's limits and without a secret. The tools
# prove the rest.
.PHONY: verify
verify: build/venv/verify/installed node_modules/.complete test/verify/node_modules/.complete ## Check the templates with cfn-lint and AWS's rules (needs Python 3.11)
	go test ./infra/stack
	node --test --test-reporter=dot test/verify/judge.test.mjs
	build/venv/verify/bin/cfn-lint --config-file test/verify/cfnlintrc.yaml infra/stack/testdata/*.template.json
	node test/verify/verify.mjs build/verify infra/stack/testdata/*.template.json

.PHONY: deploy-emulated
deploy-emulated: build/acceptance build/presigned build/infra build/venv/emulated/installed node_modules/.complete ## Deploy to an emulator of AWS, use, update and remove the stack (needs Python 3.11)
	cd test && go run ./emulated -root ..

# go run caches what it builds.
.PHONY: tools
tools: ## Build the tools of lint and supply
	go run $(GOLANGCI_LINT) version
	CGO_ENABLED=1 go run $(VALE) --version
	go run $(GOVULNCHECK) -version
	go run $(CYCLONEDX_GOMOD) version

.PHONY: fuzz
fuzz: ## Send random input to the function, for FUZZTIME (30s) for each target
	for target in $$(grep -rhoE 'func Fuzz[A-Za-z]+' lambda --include='*_test.go' | cut -c6-); do \
	  go test ./lambda/presigner -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME); done

# A failing seed is printed with the command that replays it.
SOAK_TIME ?= 10m
SOAK_SEED ?= $(shell date +%s)
.PHONY: soak
soak: build/bench/stack-assembly/manifest.json ## Run random schedules of faults for SOAK_TIME (10m), starting at SOAK_SEED
	cd test/faults && go test -count=1 -timeout 0 -run TestRandomSchedules -soak.seed=$(SOAK_SEED) \
	  $(if $(SOAK_RUNS),-soak.runs=$(SOAK_RUNS),-soak.time=$(SOAK_TIME))

.PHONY: golden
golden: node_modules/.complete test/iam/node_modules/.complete ## Rewrite the generated files: templates, signed parts, contract document, IAM proofs
	@# All files are written even if a test fails, so that they belong together.
	status=0; \
	go test ./infra/stack ./lambda/presigner ./lambda/openapi -update || status=$$?; \
	(cd test && go test ./iam -update) || status=$$?; \
	exit $$status

# LOAD_RATE: actions that begin in a second. docs/reliability.md says what is checked; a run of ten minutes or more is written there.
LOAD_TIME ?= 1h
LOAD_RATE ?= 10

.PHONY: load
load: build/local build/local-assembly/manifest.json ## Run mixed users and attackers against the local run for LOAD_TIME (1h)
	cd test && go build -o ../build/load/load ./load
	@build/load/load -time $(LOAD_TIME) -rate $(LOAD_RATE)

include test/supply/supply.mk

include test/bench/bench.mk

include test/conformance/conformance.mk

include test/attack/acceptance.mk

include test/mutation/mutation.mk

##@ Release and own it

# The systems that the command is built for. Without cgo, no C compiler is needed.
PLATFORMS ?= linux-amd64 linux-arm64 darwin-amd64 darwin-arm64 windows-amd64 windows-arm64
.PHONY: release
release: ## Build the command for Linux, macOS and Windows into build/release, with checksums
	@rm -rf build/release
	for platform in $(PLATFORMS); do \
	  (cd client && CGO_ENABLED=0 GOOS=$${platform%-*} GOARCH=$${platform#*-} go build -trimpath -buildvcs=auto -ldflags='-s -w' \
	    -o ../build/release/presigned-$$platform$$(GOOS=$${platform%-*} go env GOEXE) ./cmd/presigned); done
	cd build/release && shasum -a 256 presigned-* > SHA256SUMS

.PHONY: rename
rename: ## Give the modules your own path everywhere: make rename MODULE=github.com/acme/presigned
	@[[ '$(MODULE)' =~ ^[A-Za-z0-9._~/-]+$$ ]] || { echo 'error: MODULE is "$(MODULE)": want a module path, such as github.com/acme/presigned' >&2; exit 1; }
	git grep -lzF 'example.com/presigned' | MODULE='$(MODULE)' xargs -0 perl -pi -e 's{\Qexample.com/presigned\E}{$$ENV{MODULE}}g'

##@ Deploy it

# It asks for what is not given as a variable: make configure STAGE=acme ORIGINS=https://app.acme.io
.PHONY: configure
configure: ## Ask for what a first stage needs, and write stages/STAGE.json
	@go run ./infra/configure

.PHONY: synth
synth: node_modules/.complete ## Write the CloudFormation template of STAGE (dev) to cdk.out
	npx --no-install cdk synth -q -c stage=$(STAGE) -c stages=$(STAGES)

# More flags for the CDK CLI: make deploy STAGE=prod CDK_FLAGS='--require-approval never'
CDK_FLAGS ?=

.PHONY: diff
diff: node_modules/.complete ## Show what deploying STAGE would change
	@.ci/aws-account
	npx --no-install cdk diff -c stage=$(STAGE) -c stages=$(STAGES) $(CDK_FLAGS)

.PHONY: deploy
deploy: node_modules/.complete ## Deploy STAGE with your AWS credentials; STAGE=account once before
	@.ci/aws-account $(STAGE)
	npx --no-install cdk deploy -c stage=$(STAGE) -c stages=$(STAGES) --outputs-file build/outputs-$(STAGE).json $(CDK_FLAGS)

.PHONY: destroy
destroy: node_modules/.complete ## Remove STAGE; docs/deploy.md says what is kept
	@.ci/aws-account
	npx --no-install cdk destroy -c stage=$(STAGE) -c stages=$(STAGES) $(CDK_FLAGS)

.PHONY: page
page: web/dist/index.html ## Write the page for the deployed STAGE to build/page, for a static host
	node web/publish.js build/outputs-$(STAGE).json build/page

##@ Clean up

.PHONY: clean
clean: ## Remove what was built
	rm -rf build cdk.out web/dist

# The rules below build files when their sources change.

# The CDK CLI with its Node, the page's packages, and the IAM evaluator. None runs a script when it is installed.
# --include=dev, because with NODE_ENV=production npm would leave out the build tools. npm writes .package-lock.json at
# each installation, so an installation by hand is repeated here.
.SECONDEXPANSION:
$(NPM_INSTALLED): %node_modules/.complete: %package.json %package-lock.json $$(wildcard $$*node_modules/.package-lock.json)
	cd ./$* && npm ci --include=dev --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# Python tools, each set in its own folder.
build/venv/%/installed: test/%/requirements.txt
	$(PYTHON) -m venv --clear $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

build/infra: $(INFRA_SOURCES)
	go build -o $@ ./infra

build/local: $(LOCAL_SOURCES)
	cd local && go build -o ../$@ .

build/presigned: $(CLIENT_SOURCES)
	cd client && go build -o ../$@ ./cmd/presigned

# `cdk synth` without the CLI and without CDK's checks of what AWS would refuse, so it takes a quarter of the time. The
# assembly is the same, byte for byte. `make synth` checks.
SYNTH = env CDK_VALIDATION=false CDK_OUTDIR=$(@D) CDK_CONTEXT_JSON

build/local-assembly/manifest.json: build/infra $(LAMBDA_SOURCES) cdk.json $(wildcard $(STAGES)/*.json) node_modules/.complete
	@rm -rf $(@D)
	$(SYNTH)='{"stages": "$(STAGES)", "stage": "$(STAGE)", "architecture": "$(ARCHITECTURE)"}' build/infra
	@touch $@

# The dev stage with bounds, for the tests of refusals.
build/bounded-assembly/manifest.json: build/infra $(LAMBDA_SOURCES) cdk.json test/stages/bounded.json node_modules/.complete
	@rm -rf $(@D)
	$(SYNTH)='{"stages": "test/stages", "stage": "bounded", "architecture": "$(ARCHITECTURE)"}' build/infra
	@touch $@

# The dev stage with a user pool that another stack made.
build/existingpool-assembly/manifest.json: build/infra $(LAMBDA_SOURCES) cdk.json test/stages/existingpool.json node_modules/.complete
	@rm -rf $(@D)
	$(SYNTH)='{"stages": "test/stages", "stage": "existingpool", "architecture": "$(ARCHITECTURE)"}' build/infra
	@touch $@

# Another module's app, which embeds the construct.
build/embed-assembly/manifest.json: $(INFRA_SOURCES) $(wildcard examples/embed/*) cdk.json node_modules/.complete
	@rm -rf $(@D)
	cd examples/embed && CDK_VALIDATION=false CDK_OUTDIR=$(CURDIR)/$(@D) CDK_CONTEXT_JSON='{"architecture": "$(ARCHITECTURE)"}' go run .
	@touch $@

web/dist/index.html: $(WEB_SOURCES) web/node_modules/.complete
	cd web && npm run build
	@touch $@
