#!/usr/bin/env bash
# Installs the tool for this job: the given version from the package sources, or the one in the action's own checkout.
set -euo pipefail

tools="$RUNNER_TEMP/gate-tool"
workspace=$PWD
version=${GATE_INPUT_VERSION:-}

if [ -z "$version" ]; then
  packages="$RUNNER_TEMP/gate-packages"
  # From its own folder, so that the SDK is the one this checkout asks for and not the one of the caller's global.json.
  cd "$GITHUB_ACTION_PATH"
  # Plain IL: one job does not earn back what compiling ahead of time costs.
  dotnet pack "$GITHUB_ACTION_PATH/src/Gate.Tool" -c Release -o "$packages" -p:PrecompiledRuntimeIdentifiers=none --nologo -v quiet
  # Only what was packed may be installed: the file is the whole list of sources.
  cat >"$packages/nuget.config" <<CONFIG
<configuration>
  <packageSources><clear /><add key="packed" value="$packages" /></packageSources>
</configuration>
CONFIG
  source=(--configfile "$packages/nuget.config")
else
  source=(--version "$version")
  for configuration in nuget.config NuGet.config NuGet.Config; do
    if [ -f "$workspace/$configuration" ]; then
      source+=(--configfile "$workspace/$configuration")
      break
    fi
  done
  # Where no global.json of the caller chooses the SDK; the caller's package sources still count.
  cd "$RUNNER_TEMP"
fi

rm -rf "$tools"
# A package source may be away for a moment; the gate itself is never tried twice.
for attempt in 1 2 3; do
  if dotnet tool install Gate.Tool --tool-path "$tools" "${source[@]}"; then
    break
  fi
  [ "$attempt" -lt 3 ] || { echo "::error title=Gate::the tool could not be installed"; exit 1; }
  sleep $((attempt * 5))
done

echo "$tools" >>"$GITHUB_PATH"
{
  echo "tool=$tools/gate"
} >>"$GITHUB_OUTPUT"
