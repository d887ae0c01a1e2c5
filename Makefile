# Thin names for the commands that the gate (.ci/run) runs too.
.PHONY: check test race bench demo

check: ## the whole gate, as it runs everywhere else
	.ci/run

test: ## all tests
	go test ./...

race: ## all tests under the race detector
	.ci/run tests

bench: ## all benchmarks, measured; docs/benchmarks.md says what they mean
	go test -run '^$$' -bench . -benchmem -timeout 30m -p 1 ./...

demo: ## the whole product on this machine, nothing configured
	go run ./cmd/tocsin demo
