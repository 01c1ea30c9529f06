#!/usr/bin/env bash
# The job's result: Gate's exit code, unless the workflow asked to go on.
set -euo pipefail

code=${GATE_EXIT_CODE:-70}
case "$code" in
  1) [ "${GATE_INPUT_FAIL_ON_BREACH:-true}" = true ] || code=0 ;;
  3) [ "${GATE_INPUT_FAIL_ON_INCONCLUSIVE:-true}" = true ] || code=0 ;;
esac
exit "$code"
