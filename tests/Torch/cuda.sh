#!/usr/bin/env bash
# Everything there is to check on a machine with an NVIDIA GPU, from packages: all tests of tests/Gate.Torch.Tests on the GPU (parity with every fixture, verdicts,
# memory, formats), then tokens a second of both engines. Needs a system whose C++ runtime has GLIBCXX_3.4.32 (Debian 13, Ubuntu 24.04, ...), a driver and the .NET SDK.
#   bash tests/Torch/cuda.sh          GATE_TORCH_DEVICE=cuda:1 bash tests/Torch/cuda.sh
set -uo pipefail
cd "$(dirname "$0")"
export GATE_TORCH_DEVICE=${GATE_TORCH_DEVICE:-cuda:0}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
bash run.sh --output Detailed >"$log" 2>&1
code=$?
if [ "$code" -ne 0 ] || grep -q '^skipped: Gate.Torch.Tests' "$log"; then
  grep -E '^(failed|skipped)|largest difference' "$log" || tail -n 40 "$log"
  exit "$((code == 0 ? 1 : code))"
fi
echo "| fixture | largest deviation on $GATE_TORCH_DEVICE, float32 |"
echo "| --- | --- |"
sed -n 's/^ *\([a-z0-9_]*\), .*largest difference \(.*\)/\1 \2/p' "$log" | sort -k1,1 -k2,2gr | awk '!seen[$1]++ { printf "| %s | %s |\n", $1, $2 }'
sed -n 's/^ *\(succeeded: .*\)/\1/p' "$log"
bash run.sh --filter-class '*SpeedTable' --explicit only --output Detailed 2>&1 | grep -E 'tokens/s|M parameters'
