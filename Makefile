# What there is to do: `make run` shows the main job on the demo database, `make test` proves everything.
# Both do all the set-up on a machine with Rust, Node.js and a C compiler.

.PHONY: build run demo cluster test crash-test cluster-test fuzz-api bench bench-memory bench-api web schema screenshots clean

LISTEN ?= 127.0.0.1:8080
DATA_DIR ?= carryall-data

WEB := web/dist/index.html
WEB_SOURCES := $(shell find web/src web/graphiql -type f) web/index.html web/package-lock.json web/vite.config.ts web/tsconfig.json

# The pages and the release binary.
build: $(WEB)
	cargo build --release --locked

# Builds, starts the server with the demo source, makes a first export, and serves until interrupted.
run: build
	exec scripts/run.sh target/release/carryall "$(LISTEN)" "$(DATA_DIR)"

# The same, but stops after the first export, and keeps nothing.
demo: build
	exec scripts/run.sh --once target/release/carryall 127.0.0.1:0

# A cluster on this machine: PostgreSQL, SeaweedFS, two servers and three workers; 200 exports, while workers are killed. It
# serves until interrupted.
cluster: build
	tools=$$(scripts/test-tools.sh) && exec scripts/cluster.py target/release/carryall "$$(dirname "$$tools")/weed" --stay

# All tests. Installs what they need.
test: $(WEB)
	scripts/test.sh

# Kills the server a hundred times in the middle of an export, and looks at what each next start makes of it.
crash-test: $(WEB)
	scripts/test-tools.sh >/dev/null
	CARRYALL_CRASH_ROUNDS=$(or $(ROUNDS),100) cargo test --locked --test it -- --nocapture crash::after_a_kill

# The cluster once more, as a test and large: 200 exports, 20 workers killed, one frozen for two minutes, PostgreSQL restarted.
cluster-test: $(WEB)
	scripts/test-tools.sh >/dev/null
	CARRYALL_TEST_PYTHON=$(CURDIR)/target/python/bin/python CARRYALL_CLUSTER_EXPORTS=$(or $(EXPORTS),200) cargo test --locked --test it -- --nocapture cluster::

# Sends the API operations that schemathesis makes up from its schema, for two minutes or SECONDS=….
fuzz-api: $(WEB)
	cargo build --locked
	scripts/schemathesis.sh target/debug/carryall $(or $(SECONDS),120)

# Measures an export against what people use today, and writes bench/results.md. Installs what it needs.
bench: build
	bench/run.sh

# The memory and the speed of an export as the data grow, into the same file.
bench-memory: build
	bench/run.sh memory

# The API with a long history, over SQLite and PostgreSQL, into the same file.
bench-api: build
	CARRYALL_BIN=target/release/carryall bench/api.sh

# The pages, which are embedded in the binary.
web: $(WEB)

$(WEB): web/node_modules/.package-lock.json $(WEB_SOURCES)
	cd web && npm run build
	@touch $@

web/node_modules/.package-lock.json: web/package-lock.json web/package.json
	scripts/need-node.sh
	cd web && npm ci
	@touch $@

# Writes schema.graphql anew after a change of the API, with the dashboard's types, and says what a client will see of it.
schema: $(WEB)
	cargo run --quiet --locked -- schema > schema.graphql.new
	mv schema.graphql.new schema.graphql
	npm --prefix web run operations
	@scripts/schema-changes.sh || true

# Pictures of the dashboard's main states, into target/screenshots; the two of the README, into web/screenshots.
screenshots: $(WEB)
	scripts/test-tools.sh >/dev/null
	cargo build --locked
	npm --prefix web run screenshots

clean:
	rm -rf target web/dist web/node_modules
