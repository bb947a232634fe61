#!/bin/sh
# Installs a pinned set of Python packages: install-python SET. From the index that PIP_INDEX_URL names, or else from the
# wheels in /opt/strata/wheels. Does nothing where the set is there already, as in a template that brings it.
set -eu

set=$1
locks=/etc/strata/python
home=/opt/strata/python/$set
# The lock as it was installed: a changed one is installed again.
done=$home/lock.txt

cat "$locks/$set".*txt >"/run/strata-python-$set"
if cmp -s "/run/strata-python-$set" "$done"; then exit 0; fi

python3 -m venv "$home"
source="--no-index --find-links /opt/strata/wheels"
if [ -n "${PIP_INDEX_URL:-}" ]; then source=; fi
# shellcheck disable=SC2086
pip() { "$home/bin/pip" --no-input --disable-pip-version-check install --timeout 10 --retries 1 --only-binary :all: --no-deps $source "$@"; }

pip --require-hashes --requirement "$locks/$set.txt"
if [ -f "$locks/$set.extra.txt" ]; then pip --requirement "$locks/$set.extra.txt"; fi
mv "/run/strata-python-$set" "$done"
