#!/usr/bin/env bash
# Runs the gate and hands on its outputs. Ends with 0 whatever the verdict, so that the cache is saved and the last step decides.
set -uo pipefail

root=${GITHUB_WORKSPACE:-$PWD}
cd "${GATE_INPUT_WORKING_DIRECTORY:-.}" || exit 1
here=${PWD#"$root"}
here=${here#/}
gate="$RUNNER_TEMP/gate-tool/gate"
outputs="$RUNNER_TEMP/gate-outputs"
rm -f "$outputs"

if [ -n "${GATE_INPUT_MERGE:-}" ]; then
  arguments=(merge)
  while IFS= read -r folder; do
    [ -z "$folder" ] || arguments+=("$folder")
  done <<<"$GATE_INPUT_MERGE"
  [ -z "${GATE_INPUT_CONFIG:-}" ] || arguments+=(--config "$GATE_INPUT_CONFIG")
  [ -z "${GATE_INPUT_MODEL:-}" ] || arguments+=(--model "$GATE_INPUT_MODEL")
elif [ -n "${GATE_INPUT_CANDIDATE:-}" ]; then
  arguments=(compare)
  [ -z "${GATE_INPUT_MODEL:-}" ] || arguments+=("$GATE_INPUT_MODEL")
  arguments+=("$GATE_INPUT_CANDIDATE")
  [ -z "${GATE_INPUT_CONFIG:-}" ] || arguments+=(--config "$GATE_INPUT_CONFIG")
else
  arguments=(run)
  [ -z "${GATE_INPUT_CONFIG:-}" ] || arguments+=("$GATE_INPUT_CONFIG")
  [ -z "${GATE_INPUT_MODEL:-}" ] || arguments+=(--model "$GATE_INPUT_MODEL")
fi

# option NAME VALUE: passes a non-empty input on as the option of the same configuration key.
option() { [ -z "$2" ] || arguments+=("--$1" "$2"); }
option budget.compressionRate "${GATE_INPUT_COMPRESSION_RATE:-}"
option thresholds.retention "${GATE_INPUT_RETENTION:-}"
option thresholds.srcr "${GATE_INPUT_SRCR:-}"
option suite.limit "${GATE_INPUT_LIMIT:-}"
option decision.rule "${GATE_INPUT_DECISION_RULE:-}"
option report-dir "${GATE_INPUT_REPORT_DIR:-}"
while IFS= read -r argument; do
  [ -z "$argument" ] || arguments+=("$argument")
done <<<"${GATE_INPUT_ARGS:-}"

# cache_state: names and sizes of everything in the cache, in a form that every runner's tools can print.
cache_state() { ls -lnR "${GATE_CACHE_DIR:-/nonexistent}" 2>/dev/null | cksum; }

format=text
[ "${GATE_INPUT_ANNOTATIONS:-true}" != true ] || format=github
before=$(cache_state)

code=0
"$gate" "${arguments[@]}" --ci --log-format "$format" --outputs-file "$outputs" || code=$?

changed=false
[ "$before" = "$(cache_state)" ] || changed=true

# relocate PATH: as later steps need it, relative to the root of the repository and not to the folder the run started in.
relocate() {
  case "$1" in
    '') ;;
    "$root"/*) echo "${1#"$root"/}" ;;
    /* | [A-Za-z]:*) echo "$1" ;;
    *) echo "${here:+$here/}$1" ;;
  esac
}

# The tool writes one name=value a line, values without line breaks; a run that ended before it had any still has a verdict.
if [ ! -s "$outputs" ]; then
  # One part of a sharded run judges nothing and ends well.
  if [ "$code" -eq 0 ]; then echo "verdict=none" >"$outputs"; else echo "verdict=error" >"$outputs"; fi
fi
{
  while IFS= read -r line; do
    name=${line%%=*}
    value=${line#*=}
    case "$name" in
      exit-code) ;;
      report-json | junit | markdown | html | summary | sarif) echo "$name=$(relocate "$value")" ;;
      *) echo "$line" ;;
    esac
  done <"$outputs"
  echo "exit-code=$code"
  echo "cache-changed=$changed"
} >>"$GITHUB_OUTPUT"

summary=$(sed -n 's/^summary=//p' "$outputs")
message=$(sed -n 's/^message=//p' "$outputs")
if [ "${GATE_INPUT_SUMMARY:-true}" = true ]; then
  if [ -n "$summary" ] && [ -s "$summary" ]; then
    cat "$summary" >>"$GITHUB_STEP_SUMMARY"
  elif [ "$code" -ne 0 ]; then
    # A configuration with a mistake cannot say where its reports are. Indented, the message is text and no markup.
    printf '## Gate: no verdict\n\nExit code %s:\n\n    %s\n' "$code" "${message:-see the log of this step}" >>"$GITHUB_STEP_SUMMARY"
  fi
fi
exit 0
