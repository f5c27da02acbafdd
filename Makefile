# The recipes below are what the README, CI and people run. `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The Node that jsii and the CDK CLI run on comes with `npm ci` on Linux; elsewhere it is your own.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
# Without these a checkout inside another workspace, or a flag of one's own, would build something else.
export GOWORK := off
# jsii unpacks aws-cdk-lib once, here, instead of on every start.
export JSII_RUNTIME_PACKAGE_CACHE := enabled

GO_PACKAGES   := ./infra/... ./lambda/...
STAGE         ?= dev
FUZZTIME      ?= 30s
ARCHITECTURE  := $(if $(filter arm64,$(shell go env GOARCH)),arm64,x86_64)
GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOVULNCHECK   := golang.org/x/vuln/cmd/govulncheck@v1.9.0

sources = $(shell find $(1) -type f \( -name '*.go' -o -name go.mod -o -name go.sum \) -not -name '*_test.go' 2>/dev/null)

LAMBDA_SOURCES := $(call sources,lambda) go.mod go.sum
INFRA_SOURCES  := $(call sources,infra) $(LAMBDA_SOURCES)
CLIENT_SOURCES := $(call sources,client)
LOCAL_SOURCES  := $(call sources,local) $(CLIENT_SOURCES)
WEB_SOURCES    := $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)

.PHONY: help
help: ## List what make can do
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Try it

.PHONY: demo
demo: build/local build/local-assembly/manifest.json ## Run the main job once on this machine: sign in, presign, upload, look into the bucket
	@build/local demo --assembly build/local-assembly

.PHONY: run
run: build ## Serve the stack on this machine until Ctrl-C
	@build/local run --assembly build/local-assembly --page-dir web/dist

.PHONY: build
build: build/local build/presigned build/local-assembly/manifest.json web/dist/index.html ## Build everything that demo, run and test need

##@ Check it

# -count=1: go test remembers a result although what it read outside its module, such as build/, has changed.
.PHONY: test
test: build build/bounded-assembly/manifest.json test/iam/node_modules/.package-lock.json examples/amplify/node_modules/.package-lock.json ## Run every test but those in a browser
	go test $(GO_PACKAGES)
	cd local && go test -count=1 ./...
	cd client && go test -count=1 ./...
	cd test && go test -count=1 ./...
	cd web && npm test

.PHONY: test-browser
test-browser: build build/bounded-assembly/manifest.json ## Run the browser tests (needs Chromium)
	cd web && npm run test:browser

.PHONY: lint
lint: ## Run the linters and the vulnerability scanner
	for module in . local client test; do (cd $$module && go run $(GOLANGCI_LINT) run ./... && go run $(GOVULNCHECK) ./...); done

.PHONY: fuzz
fuzz: ## Fuzz each target for FUZZTIME (30s)
	for target in $$(grep -rhoE 'func Fuzz[A-Za-z]+' lambda --include='*_test.go' | cut -c6-); do \
	  go test ./lambda/presigner -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME); done

.PHONY: golden
golden: ## Rewrite the generated files: templates, signed parts, the contract document
	go test ./infra/stack ./lambda/... -update
	cd test && go test ./iam -update

##@ Deploy it

.PHONY: synth
synth: node_modules/.package-lock.json ## Write the CloudFormation template of STAGE (dev) to cdk.out
	npx cdk synth -q -c stage=$(STAGE)

.PHONY: diff
diff: node_modules/.package-lock.json ## Show what deploying STAGE would change
	npx cdk diff -c stage=$(STAGE)

.PHONY: deploy
deploy: node_modules/.package-lock.json ## Deploy STAGE to the account of your AWS credentials
	npx cdk deploy -c stage=$(STAGE) --outputs-file build/outputs-$(STAGE).json

.PHONY: clean
clean: ## Remove what was built
	rm -rf build cdk.out web/dist

# What follows is built when its sources change.

# The CDK CLI with its Node, the page's packages, and the IAM evaluator. None runs a script on installing.
node_modules/.package-lock.json web/node_modules/.package-lock.json test/iam/node_modules/.package-lock.json examples/amplify/node_modules/.package-lock.json: \
  %node_modules/.package-lock.json: %package.json %package-lock.json
	cd ./$* && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

build/infra: $(INFRA_SOURCES)
	go build -o $@ ./infra

build/local: $(LOCAL_SOURCES)
	cd local && go build -o ../$@ .

build/presigned: $(CLIENT_SOURCES)
	cd client && go build -o ../$@ ./cmd/presigned

build/local-assembly/manifest.json: build/infra $(LAMBDA_SOURCES) cdk.json node_modules/.package-lock.json
	@rm -rf $(@D)
	npx cdk synth -q --app build/infra -c stage=$(STAGE) -c architecture=$(ARCHITECTURE) --output $(@D)
	@touch $@

# The dev stage with bounds: what dev leaves open is refused here, for the tests of refusals.
build/bounded-assembly/manifest.json: build/infra $(LAMBDA_SOURCES) cdk.json test/bounded-stage.json node_modules/.package-lock.json
	@rm -rf $(@D)
	npx cdk synth -q --app build/infra -c stages="$$(tr -d '\n' < test/bounded-stage.json)" -c stage=bounded -c architecture=$(ARCHITECTURE) --output $(@D)
	@touch $@

web/dist/index.html: $(WEB_SOURCES) web/node_modules/.package-lock.json
	cd web && npm run build
	@touch $@
