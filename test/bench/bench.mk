# Benchmarks. docs/benchmarks.md has the results; the peers are installed below build/bench.

BENCH_SECTIONS ?= function client minute
BENCH_SCALE    ?= 1
PEERS          := test/bench/peers

BENCH_NEEDS_function := build/local-assembly/manifest.json build/bench/arm64-assembly/manifest.json build/bench/bare
BENCH_NEEDS_client   := build/local build/presigned build/bench/stack-assembly/manifest.json build/bench/s5cmd build/bench/rclone \
  build/venv/bench/peers/awscli/installed
BENCH_NEEDS_minute   := build build/bench/emptystack

##@ Measure it

.PHONY: bench
bench: $(foreach section,$(BENCH_SECTIONS),$(BENCH_NEEDS_$(section))) ## Measure this project and its peers, write docs/benchmarks.md
	cd test && go run ./bench -scale $(BENCH_SCALE) $(BENCH_SECTIONS)

# The flags of infra/uploads/bundle.go.
build/bench/bare: $(call sources,$(PEERS)/bare)
	cd test && CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w -buildid=' -o ../$@ ./bench/peers/bare

# The default architecture, for the size of its package.
build/bench/arm64-assembly/manifest.json: build/infra $(LAMBDA_SOURCES) cdk.json node_modules/.complete
	@rm -rf $(@D)
	$(SYNTH)='{"stage": "$(STAGE)", "architecture": "arm64"}' build/infra
	@touch $@

build/bench/emptystack: $(wildcard $(PEERS)/emptystack/*)
	cd $(PEERS)/emptystack && go build -o $(CURDIR)/$@ .

build/bench/s5cmd: $(PEERS)/s5cmd/go.mod
	cd $(PEERS)/s5cmd && go build -o $(CURDIR)/$@ github.com/peak/s5cmd/v2

# Your rclone, or Debian's. Without either, rclone is not measured.
build/bench/rclone:
	@mkdir -p $(@D)
	program=$$(command -v rclone) || { cd $(@D) && apt-get download -qq rclone && dpkg -x rclone_*.deb rclone.d && program=rclone.d/usr/bin/rclone; } && \
	  ln -sf "$$program" $(CURDIR)/$@ || true

# The dev stage without its throttling, for the tests of faults too.
build/bench/stack-assembly/manifest.json: build/infra $(LAMBDA_SOURCES) cdk.json test/stages/bench.json node_modules/.complete
	@rm -rf $(@D)
	$(SYNTH)='{"stages": "test/stages", "stage": "bench", "architecture": "$(ARCHITECTURE)"}' build/infra
	@touch $@
