#!/usr/bin/env bash
# Makes the base image NAME from Debian 12's own packages, where no container registry answers:
# what python:3.11-slim has, and Tesseract's languages. Its python3 is 3.11 too.
#
# usage: docker/make_base.sh NAME
set -euo pipefail

name=$1
packages=python3,ca-certificates,tesseract-ocr-eng,tesseract-ocr-chi-sim,tesseract-ocr-msa,tesseract-ocr-tam

if ! command -v mmdebstrap >/dev/null; then
    echo "error: no container registry answers and mmdebstrap is missing; on Debian: apt-get install mmdebstrap" >&2
    exit 2
fi
echo "making $name from Debian's packages, about half a minute" >&2
mmdebstrap --quiet --variant=minbase --include="$packages" \
    --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    bookworm | docker import - "$name" >/dev/null
