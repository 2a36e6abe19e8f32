#!/usr/bin/env bash
# Builds one image from docker/Dockerfile; run from the project's root, by `make image`.
#
# usage: docker/build_image.sh IMAGE PROFILE DEVICE [BASE]
set -euo pipefail

image=$1 profile=$2 device=$3 base=${4:-}
slim=python:3.11-slim
debian=memesieve-base:bookworm

have() { docker image inspect "$1" >/dev/null 2>&1; }

if [ ! -d "model_package/weights/$profile" ]; then
    echo "error: model_package/weights/$profile is missing; make weights or make weights-download, with PROFILE=$profile" >&2
    exit 2
fi
if [ -z "$base" ]; then
    if have $slim || timeout 180 docker pull --quiet $slim >/dev/null 2>&1; then
        base=$slim
    else
        base=$debian
        have $debian || docker/make_base.sh $debian
    fi
fi
echo "building $image on $base" >&2
docker build --file docker/Dockerfile --tag "$image" --build-arg BASE="$base" \
    --build-arg PROFILE="$profile" --build-arg DEVICE="$device" . >&2

# What tests/docker goes by: an image left by another tree is not this tree's.
mkdir -p build
docker image inspect --format '{{.Id}}' "$image" >"build/image-${image//[:\/]/-}"
docker image inspect --format "$image is {{.Size}} bytes" "$image"
