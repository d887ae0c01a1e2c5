# Thin names for the commands that the gate (.ci/run) runs too.
.PHONY: check test race soak bench bench-full demo

check: ## the whole gate, as it runs everywhere else
	.ci/run

test: ## all tests
	go test ./...

race: ## all tests under the race detector
	.ci/run tests

soak: ## 1000 runs of paging with a death in each, in four worlds, about 10 minutes; TOCSIN_SOAK_SEED is the first one's seed
	for part in 0 250 500 750; do \
		TOCSIN_SOAK_RUNS=250 TOCSIN_SOAK_SEED=$$(( $${TOCSIN_SOAK_SEED:-1} + part )) \
		go test -count=1 -run TestPagesSurviveRandomDeaths -timeout 30m -v ./cmd/tocsin || exit 1; \
	done

bench: ## all benchmarks, measured; docs/benchmarks.md says what they mean
	go test -run '^$$' -bench . -benchmem -timeout 30m -p 1 ./...

bench-full: ## paging at its full size: a storm of 10,000 pages, 500 pages to the wire; some minutes
	TOCSIN_BENCH_STORM=10000 TOCSIN_BENCH_PAGES=500 \
		go test -run '^$$' -bench 'Storm|TriggerToWire' -benchtime 1x -timeout 30m ./cmd/tocsin

demo: ## the whole product on this machine, nothing configured
	go run ./cmd/tocsin demo
