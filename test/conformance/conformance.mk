# Third-party clients against the local run. docs/conformance.md lists them.

PEERS_OF_CONFORMANCE := test/conformance/peers

##@ Check it with third-party clients

.PHONY: conformance
conformance: build/local-assembly/manifest.json build/conformance/minio build/conformance/gocdk build/conformance/generated/installed build/venv/conformance/installed test/conformance/node_modules/.complete ## Check the local run with third-party clients and suites (needs Python 3.11, Java 17, Maven)
	cd test && go test -count=1 -tags conformance ./conformance

# minio-go's functional tests have a build tag that their package lacks, so a copy without that line is compiled.
build/conformance/minio: $(PEERS_OF_CONFORMANCE)/go.mod
	@mkdir -p $(@D)
	cd $(PEERS_OF_CONFORMANCE) && go mod download github.com/minio/minio-go/v7 && \
	  sed '/^\/\/go:build mint$$/d' "$$(go list -m -f '{{.Dir}}' github.com/minio/minio-go/v7)/functional_tests.go" > $(CURDIR)/$@.go && \
	  go build -o $(CURDIR)/$@ $(CURDIR)/$@.go

build/conformance/gocdk: $(PEERS_OF_CONFORMANCE)/go.mod $(wildcard $(PEERS_OF_CONFORMANCE)/gocdk/*)
	cd $(PEERS_OF_CONFORMANCE) && go test -c -o $(CURDIR)/$@ ./gocdk

# Clients generated from the contract, each with a program that uses it. None of them is committed.
GENERATED := build/conformance/generated
GENERATE   = build/venv/conformance/bin/openapi-generator-cli generate -i docs/openapi.json \
  --global-property apiDocs=false,modelDocs=false,apiTests=false,modelTests=false -o $(GENERATED)
PROGRAMS  := test/conformance/testdata/generated

$(GENERATED)/installed: docs/openapi.json $(wildcard $(PROGRAMS)/*) build/venv/conformance/installed web/node_modules/.complete
	@rm -rf $(@D) && mkdir -p $(@D)
	$(GENERATE)/go -g go --git-host example.org --git-user-id generated --git-repo-id client --package-name generated >$(@D).log 2>&1
	$(GENERATE)/typescript/client -g typescript-fetch -p importFileExtension=.js >>$(@D).log 2>&1
	$(GENERATE)/python -g python >>$(@D).log 2>&1
	$(GENERATE)/java -g java --library native -p failOnUnknownProperties=true >>$(@D).log 2>&1
	mkdir $(@D)/go/cmd && cp $(PROGRAMS)/main.go $(@D)/go/cmd && cd $(@D)/go && go build -mod=mod -o main ./cmd
	cp $(PROGRAMS)/main.ts $(@D)/typescript && echo '{"type": "module"}' >$(@D)/typescript/package.json
	web/node_modules/.bin/tsc --target es2023 --module nodenext --strict --outDir $(@D)/typescript/dist $(@D)/typescript/main.ts
	cp $(PROGRAMS)/main.py $(@D)/python
	cp $(PROGRAMS)/Main.java $(@D)/java/src/main/java
	cd $(@D)/java && mvn -q -B -DskipTests compile dependency:copy-dependencies -DincludeScope=runtime
	@touch $@
