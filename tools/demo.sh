#!/usr/bin/env bash
# `make demo`, after the build: the sample water works on one screen.
set -eu
cd "$(dirname "$0")/.."
echo "[1/3] the packet reader is built"
exec "${PYTHON:-.venv/bin/python}" tools/demo.py
