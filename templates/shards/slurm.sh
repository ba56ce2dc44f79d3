#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Panic Room authors
# SPDX-License-Identifier: Apache-2.0
#
# A run of Panic Room in @COUNT@ parts, as an array of Slurm jobs, and a merge after them. Start it in the
# checkout, on a file system that all nodes share:
#
#   bash FILE                  submits the array and the merge
#   bash FILE 3,7              submits parts 3 and 7 again, and another merge
#   sbatch --array=3,7 FILE    the same without a merge
#
# Each part resumes its own run, however it was ended before. Results are in $PANICROOM_RESULTS.
#SBATCH --job-name=panicroom
#SBATCH --output=panicroom-%A-%a.log
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=2
set -u
panicroom=${PANICROOM:-./panicroom}
results=${PANICROOM_RESULTS:-$PWD/panicroom-parts}

# Slurm does not requeue a task that is killed. Status 3: trials are missing. 137: killed by SIGKILL.
part() {
  local folder=$results/$SLURM_ARRAY_TASK_ID status=3 try
  for try in 1 2 3 4 5; do
    if [ -e "$folder/latest/run.json" ]; then
      "$panicroom" run --resume "$folder/latest"
    else
      "$panicroom" @COMMAND@ --shard "$SLURM_ARRAY_TASK_ID/@COUNT@" --runs "$folder"
    fi
    status=$?
    [ $status = 3 ] || [ $status = 137 ] || break
  done
  return $status
}

merge() {
  "$panicroom" merge "$results"/[0-9]*/latest -o "$results/merged-$SLURM_JOB_ID" \
    --junit "$results/junit-$SLURM_JOB_ID.xml"
}

if [ -n "${SLURM_ARRAY_TASK_ID:-}" ]; then
  part
elif [ -n "${SLURM_JOB_ID:-}" ]; then
  merge
else
  array=$(sbatch --parsable --array="${1:-1-@COUNT@}" "$0") || exit
  # After any end of the parts: the merge says which are missing.
  sbatch --dependency="afterany:${array%%;*}" --output="panicroom-%j-merge.log" "$0"
fi
