#!/bin/sh
# Prints the first Python that is new enough; exit 1 if there is none. PYTHON=/path/to/python chooses another.
for python in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        command -v "$python"
        exit 0
    fi
done
exit 1
