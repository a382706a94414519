#!/bin/sh
# What has to come from the system, one line each. Silent when all is there.
#   tools/system_packages.sh build    Python with venv, a C linker, cargo: without them nothing works (exit 1)
#   tools/system_packages.sh check    clippy and rustfmt (exit 1)
#   tools/system_packages.sh test     tools that some tests compare with: without them those tests are skipped (exit 0)
# Uses apt-get where that exists and we are root. Never sudo.
set -eu

missing=""    # what is missing, for people
packages=""   # Debian's names for it

need() {      # need WHAT PACKAGE... : the last command's outcome decides
    missing="$missing${missing:+, }$1"
    shift
    packages="$packages $*"
}

# rustc and cargo of Debian 12 itself are too old (1.63); these are the ones it keeps current for browsers.
cargo_packages="rustc-web cargo-web rust-web-clippy rustfmt-web"

rust_is_new_enough() {
    command -v cargo >/dev/null && command -v rustc >/dev/null || return 1
    wanted=$(sed -n 's/^rust-version = "1\.\([0-9]*\).*/\1/p' Cargo.toml)
    [ "$(rustc --version | sed -n 's/^rustc 1\.\([0-9]*\).*/\1/p')" -ge "${wanted:-0}" ]
}

look() {
    missing="" packages=""
    case $1 in
    build)
        python=$(tools/find_python.sh) || need "Python 3.11 or newer" python3 python3-venv
        [ -z "$python" ] || "$python" -c 'import ensurepip, venv' 2>/dev/null || need "Python's venv" python3-venv
        command -v cc >/dev/null || need "a C linker" gcc libc6-dev
        rust_is_new_enough || need "Rust (cargo)" $cargo_packages ;;
    check)
        cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 ||
            need "clippy and rustfmt" rust-web-clippy rustfmt-web ;;
    test)
        for tool in tshark tcpdump ethtool gcc; do
            command -v $tool >/dev/null || need $tool $tool
        done
        command -v ip >/dev/null || need ip iproute2
        [ -e /usr/include/modbus/modbus.h ] || need libmodbus libmodbus-dev ;;
    *) echo "usage: $0 build|check|test" >&2; exit 2 ;;
    esac
}

look "$1"
[ -n "$missing" ] || exit 0

if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "missing: $missing. Installing with apt-get:$packages" >&2
    log=$(mktemp)
    export DEBIAN_FRONTEND=noninteractive
    # The lists of a fresh machine may be empty or old: what they offer may not be there, or be too old to do.
    apt-get install -y --no-install-recommends $packages >"$log" 2>&1 || true
    look "$1"
    if [ -n "$missing" ]; then
        { apt-get update && apt-get install -y --no-install-recommends $packages; } >"$log" 2>&1 || tail -n 3 "$log" >&2
    fi
    rm -f "$log"
    look "$1"
    [ -n "$missing" ] || exit 0
fi

how="On Debian as root: apt-get install$packages"
case "$1$missing" in *Rust*) how="$how. Elsewhere: https://rustup.rs" ;; esac
if [ "$1" = test ]; then
    echo "MISSING: $missing. THE TESTS THAT NEED IT ARE SKIPPED. $how" >&2
else
    echo "missing: $missing. $how" >&2
    exit 1
fi
