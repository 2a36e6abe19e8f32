# Every command of the project; `make help` lists them. What they install lies in .venv.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PROFILE ?= pocket
IMAGES ?= local_test/test_images
DEVICE ?= cpu
IMAGE ?= memesieve:$(PROFILE)-$(DEVICE)
BASE ?=
BASE_MODEL ?=
export CORPORA_DIR
PYTHON ?= python3.11 python3.12 python3.13 python3

VENV := .venv
PY := $(VENV)/bin/python

.PHONY: help
help:  ## list the targets
	@sed -n -E 's/^([a-z-]+):.*  ## (.*)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 21
	@echo "Settings, given as in 'make image PROFILE=ospc':"
	@echo "  PROFILE=$(PROFILE) DEVICE=$(DEVICE) IMAGE=$(IMAGE) CORPORA_DIR=$(or $(CORPORA_DIR),(../shared/data or the user's cache))"
	@echo "  BASE_MODEL=$(or $(BASE_MODEL),(the recipe's own; a folder with the model that make weights tunes))"
	@echo "  BASE=$(or $(BASE),(python:3.11-slim, or Debian where no registry answers)) PYTHON='$(PYTHON)'"

.PHONY: run
run: $(VENV)/runtime.done $(VENV)/judge.done  ## install the runtime, score the memes in IMAGES, and judge the rows
	@MEMESIEVE_PROFILE=$(PROFILE) $(PY) -m local_test run --plain --rows --images $(IMAGES)

.PHONY: samples
samples: $(VENV)/runtime.done  ## draw the sample memes and their stdin files again
	@$(PY) -m local_test.draw_samples

# ------------------------------------------------------------------------------ checks

.PHONY: test
test: system $(VENV)/test.done  ## run every test but the long ones
	@$(PY) -m pytest -m "not long"

.PHONY: test-all
test-all: system $(VENV)/all.done  ## run every test, the randomised ones in their long form too
	@$(PY) -m pytest

# Fonts, Tesseract's languages and a compiler; asked for before $(VENV)/test.txt looks for the compiler.
.PHONY: system
system:
	@.ci/system test
$(VENV)/test.txt $(VENV)/all.txt: | system

.PHONY: test-container
test-container: $(VENV)/test.done image  ## feed the image awkward input, in the jail
	@MEMESIEVE_IMAGE=$(IMAGE) $(PY) -m pytest -m "not long" tests/docker

.PHONY: lint
lint: $(VENV)/test.done  ## ruff, mypy --strict, and the order of the packages
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports

.PHONY: format
format: $(VENV)/test.done  ## let ruff mend and lay out the code
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

# Installs nothing, and needs nothing but a Python.
.PHONY: doctor
doctor:  ## what this machine has, what works without the rest, and how to get it
	@for python in $(PY) $(PYTHON); do \
	    $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	    exec $$python -m local_test doctor; \
	done; \
	echo "error: none of '$(PYTHON)' is Python 3.11 or newer; on Debian 12: apt-get install python3" >&2; \
	exit 2

# -------------------------------------------------------------------------------- data

.PHONY: data
data: $(VENV)/test.done  ## draw datasets/v1, v2, v3 and functional again
	@$(PY) -m data_preparation.build v1 v2 v3 --output datasets
	@$(PY) -m data_preparation.functional --output datasets/functional

# ----------------------------------------------------------------------------- weights

.PHONY: weights
weights: system $(VENV)/test.done  ## train PROFILE's weights from the corpora in CORPORA_DIR (and BASE_MODEL)
	@$(PY) -m training_pipeline.ladder --recipe $(PROFILE) $(if $(BASE_MODEL),'base=$(BASE_MODEL)')

.PHONY: ablation
ablation: $(VENV)/test.done  ## what each part of PROFILE is worth, on held-out memes: build/ablation
	@$(PY) -m benchmarks.ablation --profile $(PROFILE) --output build/ablation

.PHONY: injection
injection: $(VENV)/test.done  ## how far attacks written into memes move PROFILE's answers: build/injection
	@$(PY) -m benchmarks.injection --profile $(PROFILE) --output build/injection

.PHONY: bench
bench: $(VENV)/test.done  ## PROFILE against the seed's loop, by turns in one run: build/bench
	@$(PY) -m benchmarks.bench --profile $(PROFILE) --output build/bench

.PHONY: bench-gpu
bench-gpu: $(VENV)/test.done  ## models of full size with random weights, against the seed's loop on one GPU: build/bench_gpu
	@$(PY) -m benchmarks.bench_gpu --output build/bench_gpu

.PHONY: bench-startup
bench-startup: $(VENV)/test.done  ## PROFILE's first row, against the bare cost of its imports and weights: build/startup.json
	@$(PY) -m benchmarks.startup --profile $(PROFILE) --output build/startup.json

.PHONY: bench-growth
bench-growth: $(VENV)/test.done  ## time and memory over 500 to 100 000 rows, and over mixed input: build/growth
	@$(PY) -m benchmarks.growth --output build/growth

.PHONY: weights-download
weights-download: $(VENV)/download.done  ## fetch PROFILE's weights from their hub, and lock them
	@$(PY) -m model_package.weights download --profile $(PROFILE)

# --------------------------------------------------------------------------- container

.PHONY: wheels
wheels: wheels/$(DEVICE)/done  ## gather the packages of DEVICE's image, cpu or cuda

.PHONY: engine
engine:
	@docker/engine.sh

.PHONY: image
image: engine wheels/$(DEVICE)/done  ## build the image of PROFILE for DEVICE
	@docker/build_image.sh $(IMAGE) $(PROFILE) $(DEVICE) $(BASE)

.PHONY: run-container
run-container: image $(VENV)/judge.done  ## run the image on the memes in IMAGES as the judge does, and judge it
	@$(PY) -m local_test run --image $(IMAGE) --images $(IMAGES)

.PHONY: submission
submission: image  ## write the image as build/NAME.tar.gz; refuse one over 25 GiB
	@$(PY) -m local_test.submission --image $(IMAGE) --output build/$(subst :,-,$(IMAGE)).tar.gz

.PHONY: sbom
sbom: image $(VENV)/test.done  ## list what the image is made of, as CycloneDX: build/sbom.json
	@$(PY) -m local_test.sbom --image $(IMAGE) --wheels wheels/$(DEVICE) --output build/sbom.json

.PHONY: audit
audit: $(VENV)/test.done  ## ask whether a pinned package has a known vulnerability
	@$(PY) -m local_test.audit

.PHONY: report-picture
report-picture: system $(VENV)/test.done  ## draw docs/report.png, the picture of a report in the README
	@mkdir -p build docs
	@$(PY) -m model_package --profile pocket --evidence build/samples.jsonl \
	    <local_test/test_stdin/stdin_local.csv >/dev/null
	@$(PY) -m local_test report --evidence build/samples.jsonl --output build/samples.html \
	    --labels local_test/test_images/labels.csv
	@$(PY) -m local_test.reporting.picture --report build/samples.html --output docs/report.png

# ------------------------------------------------------------------------ housekeeping

.PHONY: constraints
constraints: $(VENV)/every.txt  ## pin what pyproject.toml asks for; pins that stand are kept
	@mkdir -p build
	@$(PY) -m pip install --quiet --dry-run --ignore-installed --report build/resolved.json \
	    -c constraints.txt -r $< pip
	@$(PY) -c "$$PIN" build/resolved.json >build/constraints.txt
	@mv build/constraints.txt constraints.txt

.PHONY: clean
clean:  ## remove what make made, .venv too; weights and data stay
	rm -rf $(VENV) build wheels local_test/test_output/*.csv
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

# ------------------------------------------------------------------- how packages get in
# .venv/NAME.txt lists what a set asks for, .venv/NAME.done says that it is installed. A list is
# rewritten only when its words change, so other edits of pyproject.toml install nothing.

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
# pip is told not to compile: the first import keeps byte code of what is used, in a third of the time.
unexport PYTHONDONTWRITEBYTECODE

EXTRAS_runtime :=
EXTRAS_download := download
EXTRAS_judge := judge
EXTRAS_test := train data dev download judge supply
EXTRAS_all := $(EXTRAS_test) semantic
EXTRAS_every := every

TORCH := $(shell sed -n '/^torch==/p' constraints.txt)
PYTORCH := https://download.pytorch.org/whl

# pip's option for PyTorch's own index, $(1) being cpu or cu126; nothing unless it answers at once.
pytorch_index = timeout 4 $(PY) -c 'import sys, urllib.request as u; u.urlopen(sys.argv[1], timeout=3)' \
	"$(PYTORCH)/$(1)/torch/" 2>/dev/null && echo "--index-url=$(PYTORCH)/$(1)" || true

# pip names what it fetches, and little else.
SHORTLY := sed -un -E 's/^ *(Downloading|Using cached) ([^ ]*\/)?([^-/]+)-([^-]+).* \(([0-9.]+ [MG]B)\).*/  \3 \4, \5/p; \
	s/^Installing collected packages:.*/  unpacking/p'

.PHONY: always
always:

$(VENV)/made:
	@for python in $(PYTHON); do \
	    $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	    $$python -c 'import ensurepip, venv' 2>/dev/null || { \
	        echo "error: $$python cannot make environments; on Debian: apt-get install python3-venv" >&2; \
	        exit 2; }; \
	    $$python -m venv $(VENV); touch $@; exit; \
	done; \
	echo "error: none of '$(PYTHON)' is Python 3.11 or newer; on Debian 12: apt-get install python3" >&2; \
	exit 2

$(VENV)/%.txt: $(VENV)/made always
	@$(PY) -c "$$LIST" $(EXTRAS_$*) >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

# First and alone: any other way, a plain `torch` is gigabytes of CUDA on most machines.
$(VENV)/torch.done: constraints.txt $(VENV)/made
	@$(PY) -m pip show torch 2>/dev/null | grep -q '^Version: $(patsubst torch==%,%,$(TORCH))' || { \
	    if nvidia-smi -L >/dev/null 2>&1; then kind=cu126; else kind=cpu; fi; \
	    index=$$($(call pytorch_index,$$kind)); \
	    echo "installing $(TORCH)$${index:+ for $$kind}" >&2; \
	    [ -n "$$index" ] || echo "  PyTorch's index of $$kind builds does not answer; taking pip's default" >&2; \
	    $(PY) -m pip install --no-compile --no-deps $$index $(TORCH) | $(SHORTLY) >&2; }
	@touch $@

$(VENV)/%.done: $(VENV)/%.txt constraints.txt $(VENV)/torch.done
	@echo "installing the packages of $*; this takes a minute or more" >&2
	@$(PY) -m pip install --no-compile -r $< -c constraints.txt | $(SHORTLY) >&2
	@touch $@

# The judge runs where the runtime is not installed: beside a container it needs no torch.
$(VENV)/judge.done: $(VENV)/judge.txt constraints.txt
	@$(PY) -m pip install --no-compile -r $< -c constraints.txt | $(SHORTLY) >&2
	@touch $@

# For the image's Python, 3.11 on x86-64, whatever runs here.
wheels/%/done: $(VENV)/runtime.txt constraints.txt
	@case $* in cpu) kind=cpu ;; cuda) kind=cu126 ;; \
	    *) echo "error: DEVICE=$* is unknown; use cpu or cuda" >&2; exit 2 ;; esac; \
	index=$$($(call pytorch_index,$$kind)); \
	if [ -z "$$index" ] && [ $* = cuda ]; then \
	    echo "error: PyTorch's index of CUDA 12.6 builds does not answer, and only it has $(TORCH) for CUDA 12.6" >&2; \
	    exit 2; \
	fi; \
	echo "gathering wheels for $*" >&2; \
	rm -rf $(@D); mkdir -p $(@D); \
	$(PY) -m pip download $(FOR_IMAGE) -d $(@D) --no-deps $$index $(TORCH) | $(SHORTLY) >&2; \
	$(PY) -m pip download $(FOR_IMAGE) -d $(@D) --find-links $(@D) -r $< -c constraints.txt pip | $(SHORTLY) >&2
	@cp $< $(@D)/runtime.txt; touch $@

FOR_IMAGE := --only-binary=:all: --implementation=cp --python-version=3.11 --abi=cp311 --abi=abi3 --abi=none \
	$(foreach glibc,17 24 26 27 28 31 34 35 36,--platform=manylinux_2_$(glibc)_x86_64) \
	--platform=manylinux2014_x86_64 --platform=linux_x86_64

define LIST
import os, shutil, sys, sysconfig, tomllib
with open("pyproject.toml", "rb") as file:
    project = tomllib.load(file)["project"]
extras = project["optional-dependencies"]
names = list(extras) if sys.argv[1:] == ["every"] else sys.argv[1:]
always = [] if names == ["judge"] else project["dependencies"]
wanted = [*always, *(line for name in names for line in extras[name])]
compiles = shutil.which("g++") and os.path.isfile(sysconfig.get_path("include") + "/Python.h")
if names != list(extras) and "gptqmodel" in wanted and not compiles:
    wanted.remove("gptqmodel")
    print("gptqmodel is left out and its tests are skipped, for it compiles a part; on Debian:",
          "apt-get install g++ python3-dev", file=sys.stderr)
print(*wanted, sep="\n")
endef
export LIST

# torch's CUDA packages are left out: each build of torch pins its own.
define PIN
import json, re, sys
print("# Every package that the project or its packages need, pinned. Remake with `make constraints`:")
print("# it keeps the pins that stand here; to let a package move, delete its line first.")
found = [package["metadata"] for package in json.load(open(sys.argv[1]))["install"]]
pins = {re.sub("[-_.]+", "-", one["name"]).lower(): one["version"].split("+")[0] for one in found}
print(*(f"{name}=={pins[name]}" for name in sorted(pins) if not re.match("nvidia|cuda|triton", name)), sep="\n")
endef
export PIN
