#!/bin/sh
# Tells how full the departments' shares are: as metrics that node_exporter hands on, and in the journal from 80 % on (T5).
set -eu

metrics=/var/lib/prometheus/node-exporter/departments.prom

ask() { runuser -u postgres -- psql --no-psqlrc --tuples-only --no-align --quiet --command "$1" tagging; }

for what in used quota; do
  echo "# HELP strata_department_${what}_bytes Documents of a department, $what."
  echo "# TYPE strata_department_${what}_bytes gauge"
  ask "SELECT format('strata_department_${what}_bytes{department=\"%s\"} %s', name, ${what}_bytes) FROM department_usage"
done >"$metrics.new"
mv "$metrics.new" "$metrics"
# journald takes <4> for a warning.
ask "SELECT format('<4>documents of department %s: %s of %s bytes', name, used_bytes, quota_bytes) FROM department_usage WHERE state <> 'ok'"
