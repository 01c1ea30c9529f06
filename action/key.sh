#!/usr/bin/env bash
# Names the cache by content: the dense model's files, the configuration, and Gate's version with its arithmetic.
set -euo pipefail

cd "${GATE_INPUT_WORKING_DIRECTORY:-.}"
gate="$RUNNER_TEMP/gate-tool/gate"

# bash 3.2, which macOS has, takes an empty array for one that was never set: hence the + below.
arguments=()
[ -z "${GATE_INPUT_CONFIG:-}" ] || arguments+=("$GATE_INPUT_CONFIG")
[ -z "${GATE_INPUT_MODEL:-}" ] || arguments+=(--model "$GATE_INPUT_MODEL")
# A configuration that cannot be read is reported by the run itself, in full; here it only means that nothing can be restored.
key=$("$gate" key ${arguments[@]+"${arguments[@]}"} 2>/dev/null) || key=none

# What else decides which answers a job adds: parts and recipes of a matrix must not save under one name, of which only the first would be kept.
own=$(printf '%s\n' "${GATE_INPUT_CANDIDATE:-}" "${GATE_INPUT_MERGE:-}" "${GATE_INPUT_COMPRESSION_RATE:-}" "${GATE_INPUT_LIMIT:-}" "${GATE_INPUT_ARGS:-}" | cksum | tr -d ' ')

prefix="gate-${RUNNER_OS:-any}-"
{
  echo "cache-path=$RUNNER_TEMP/gate-cache"
  echo "cache-prefix=$prefix"
  echo "cache-common=$prefix$key-"
  echo "cache-key=$prefix$key-$own"
} >>"$GITHUB_OUTPUT"
