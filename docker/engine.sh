#!/usr/bin/env bash
# Exits 0 when a Docker engine answers; else says in one line what to do, and exits 2.
set -euo pipefail

if ! command -v docker >/dev/null; then
    cure="install one (Debian: apt-get install docker.io)"
elif said=$(timeout 20 docker version 2>&1); then
    exit 0
elif [[ $said == *"permission denied"* ]]; then
    cure="this user may not speak to it: join the group docker, or use sudo"
else
    cure="start it: systemctl start docker, or dockerd & as root"
fi
echo "error: no Docker engine answers; $cure" >&2
exit 2
