#!/usr/bin/env bash
# Names the cache by content: the dense model's files, the configuration, and Gate's version with its arithmetic.
set -euo pipefail

cd "${GATE_INPUT_WORKING_DIRECTORY:-.}"
gate="$RUNNER_TEMP/gate-tool/gate"

arguments=()
[ -z "${GATE_INPUT_CONFIG:-}" ] || arguments+=("$GATE_INPUT_CONFIG")
[ -z "${GATE_INPUT_MODEL:-}" ] || arguments+=(--model "$GATE_INPUT_MODEL")
# A configuration that cannot be read is reported by the run itself, in full; here it only means that nothing can be restored.
key=$("$gate" key "${arguments[@]}" 2>/dev/null) || key=none

prefix="gate-${RUNNER_OS:-any}-"
{
  echo "cache-path=$RUNNER_TEMP/gate-cache"
  echo "cache-prefix=$prefix"
  echo "cache-key=$prefix$key"
} >>"$GITHUB_OUTPUT"
