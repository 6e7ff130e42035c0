# One set of build flags for dev, test and CI: another -trimpath or tag list
# would recompile everything, cgo included. -buildvcs=false keeps the binaries
# of one tree the same, and builds where git distrusts the checkout's owner.
TAGS := no_emoji,no_metadata
export GOFLAGS := -trimpath -tags=$(TAGS) -buildvcs=false

TOOL := go tool -modfile=tools/go.mod
# What exists so far: every target works while the tree is still growing.
COMMANDS := $(strip $(foreach c,hub terminal demo,$(if $(wildcard cmd/$c/*.go),./cmd/$c)))
SLOW := $(strip $(foreach d,cmd ui,$(if $(wildcard $d/*),./$d/...)))
# BENCH=short: one iteration, only to see that it runs.
BENCH := long

.DEFAULT_GOAL := help
.NOTPARALLEL: # the targets below are steps in an order
.PHONY: help setup build run lint test test-race test-slow bench torture flags

help: ## this list
	@echo "make targets:"
	@sed -n 's/^\([a-z-]*\):.*## /  \1	/p' $(firstword $(MAKEFILE_LIST)) | expand -t 14

setup: ## install what the machine lacks (Debian packages), check Go
	@scripts/setup.sh

build: setup ## bin/hub, bin/terminal and bin/demo
	@echo "==> build $(COMMANDS) (the first time compiles the window: some minutes)"
	@mkdir -p bin
	@$(if $(COMMANDS),go build -o bin/ $(COMMANDS),echo "no command to build yet")

run: build ## the demonstration: the window, with a sandbox of platforms and two printers
	@echo "==> demo"
	@bin/demo

lint: ## gofumpt, go vet, staticcheck
	@echo "==> gofumpt (the first time builds the tools: some minutes)"
	@files=$$($(TOOL) gofumpt -l .) || exit 1; test -z "$$files" || \
		{ echo "not formatted, run $(TOOL) gofumpt -w . :"; echo "$$files"; exit 1; }
	@echo "==> go vet"
	@go vet ./...
	@go vet -C bench ./...
	@echo "==> staticcheck"
	@$(TOOL) staticcheck ./...
	@cd bench && go tool -modfile=../tools/go.mod staticcheck ./...

test: setup lint test-race test-slow ## everything that proves the tree, short bench and torture included
	@$(MAKE) --no-print-directory bench BENCH=short
	@$(MAKE) --no-print-directory torture TORTURE=short
	@echo "==> make test: all green"

test-race:
	@echo "==> go test -race (the first time compiles for the race detector: some minutes)"
	@go test -race -shuffle=on $$(go list ./... | grep -Ev '^comptoir/(cmd|ui|e2e|torture)(/|$$)') $(wildcard ./ui/model)
	@go test -C bench -race -shuffle=on . ./internal/...

# Without -race: the detector over Fyne takes minutes, and commands only wire.
test-slow:
	@echo "==> go test $(SLOW)"
	@$(if $(SLOW),go test -shuffle=on $(SLOW),echo "no ui or cmd yet")
	@echo "==> go test ./e2e (the real window under Xvfb; never from the cache)"
	@go test -count=1 ./e2e

# A module of its own, so that what it measures against is in no binary.
bench: ## the measurements, as tables (BENCH=short: only that they run)
	@echo "==> bench ($(BENCH))"
	@go run -C bench . $(if $(filter short,$(BENCH)),-short)
	@go run -C bench ./window $(if $(filter short,$(BENCH)),-short)

# The test builds the real binaries and kills them. Never from the cache: it
# depends on more than its sources. -v shows the counts. The short run of
# ./guarantee and ./converge is in test-race.
TORTURE := long
torture: ## kill the real programs, cut their power and lines, for an hour (TORTURE=short: a minute)
	@echo "==> torture ($(TORTURE))"
	@$(if $(wildcard torture/*.go),COMPTOIR_TORTURE=$(TORTURE) go test -count=1 -timeout 80m -v ./torture/...,echo "no torture yet")
	@$(if $(filter long,$(TORTURE)),COMPTOIR_TORTURE=long go test -count=1 -timeout 80m -v ./guarantee)
	@$(if $(filter long,$(TORTURE)),COMPTOIR_TORTURE=long go test -count=1 -timeout 80m -v ./converge)

flags: ## print the build flags, to use go by hand with the same cache
	@echo "$(GOFLAGS)"
