#!/usr/bin/env bash
# Makes sure that cargo is there; `--path` prints a folder to put before PATH, if one is needed.
set -eu
found=""
if ! command -v cargo >/dev/null; then
  for folder in "$HOME/.cargo/bin" /usr/lib/rust-web/bin; do
    if [ -x "$folder/cargo" ]; then found="$folder:"; break; fi
  done
fi
if [ "${1:-}" = --path ]; then printf '%s' "$found"; exit 0; fi
if command -v cargo >/dev/null || [ -n "$found" ]; then exit 0; fi
packages="rustc-web cargo-web rust-web-clippy rustfmt-web"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $packages >/dev/null && exit 0
fi
echo "Rust 1.88 or newer is needed: on Debian, apt-get install $packages" >&2
exit 2
