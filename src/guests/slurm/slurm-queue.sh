#!/bin/sh
# Cancels jobs that could have run for so many hours and still wait: slurm-queue HOURS
# Those that somebody holds, or that wait for another job or for a time, have no such moment yet.
set -eu

oldest=$(($(date +%s) - $1 * 3600))
squeue --noheader --array --states=PENDING --Format="JobArrayID:30,EligibleTime:30" | while read -r job since; do
  began=$(date --date="$since" +%s 2>/dev/null) || continue
  [ "$began" -lt "$oldest" ] || continue
  echo "job $job has waited since $since: cancelled"
  scancel "$job"
done
