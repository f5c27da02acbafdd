# Independent clients against the local run. docs/conformance.md says what they are and what they found.

PEERS_OF_CONFORMANCE := test/conformance/peers

##@ Check it against what others wrote

.PHONY: conformance
conformance: build/local-assembly/manifest.json build/conformance/minio build/conformance/gocdk build/venv/conformance/installed test/conformance/node_modules/.complete ## Check the local run with clients that others wrote (needs Python 3.11)
	cd test && go test -count=1 -tags conformance ./conformance

# minio-go's functional tests are a program with a build tag that its own package has not, so they are compiled from a
# copy without that line. The copy stays here.
build/conformance/minio: $(PEERS_OF_CONFORMANCE)/go.mod
	@mkdir -p $(@D)
	cd $(PEERS_OF_CONFORMANCE) && go mod download github.com/minio/minio-go/v7 && \
	  sed '/^\/\/go:build mint$$/d' "$$(go list -m -f '{{.Dir}}' github.com/minio/minio-go/v7)/functional_tests.go" > $(CURDIR)/$@.go && \
	  go build -o $(CURDIR)/$@ $(CURDIR)/$@.go

build/conformance/gocdk: $(PEERS_OF_CONFORMANCE)/go.mod $(wildcard $(PEERS_OF_CONFORMANCE)/gocdk/*)
	cd $(PEERS_OF_CONFORMANCE) && go test -c -o $(CURDIR)/$@ ./gocdk
