#!/bin/sh
# Reproduces docs/studies/facts-llama.md. Needs the gate command on PATH; run from the root of the repository.
set -u
model=samples/models/facts-llama
calibration="--recipe.calibration.data src/Gate.Evaluation/Suites/facts/calibration.jsonl --recipe.calibration.samples 32 --recipe.calibration.sequenceLength 256"

# Joint against quantisation alone: data-free, then calibrated.
gate sweep samples/sweep --ci
gate sweep samples/sweep --ci --sweep.exhaustive false --sweep.path out/study/halving
gate sweep $model --ci --sweep.path out/study/default
gate sweep $model --ci $calibration --sweep.prune sparsegpt --sweep.quantize gptq --sweep.scopes all --sweep.sparsities 0,0.25,0.5,0.75 --sweep.bits 2,3,4,6,8 \
  --sweep.exhaustive true --sweep.path out/study/calibrated

# Planned against the best uniform recipe of at most the same bits, which the plan's note names; --log-file keeps the note.
for bits in 2.5 3.25 3.5 4.25 4.5; do
  for kind in plain calibrated; do
    options="" method="rtn"
    [ $kind = calibrated ] && options="$calibration" method="gptq"
    gate run $model --ci $options --budget.bitsPerWeight "$bits" --output.path out/study/planned \
      --report-dir "out/study/planned-$kind-$bits" --log-file "out/study/planned-$kind-$bits.log"
    set -- $(sed -n 's/.*best uniform recipe (\([0-9]*\) bit, group \([0-9]*\)).*/\1 \2/p' "out/study/planned-$kind-$bits.log" | head -n 1)
    gate run $model --ci $options --recipe.quantize.method $method --recipe.quantize.bits "$1" --recipe.quantize.groupSize "$2" --output.path out/study/uniform \
      --report-dir "out/study/uniform-$kind-$bits"
  done
done

# The same for budgets in TCr, calibrated; sparsity and bits of the uniform recipes are those the plans' notes name.
while read -r rate sparsity bits; do
  gate run $model --ci $calibration --budget.compressionRate "$rate" --output.path out/study/planned --report-dir "out/study/planned-tcr-$rate"
  gate run $model --ci $calibration --recipe.prune.method sparsegpt --recipe.prune.sparsity "$sparsity" --recipe.quantize.method gptq --recipe.quantize.bits "$bits" \
    --recipe.quantize.groupSize 32 --output.path out/study/uniform --report-dir "out/study/uniform-tcr-$rate"
done <<EOF
0.75 0.25 5
0.8125 0.25 4
0.875 0.5 4
EOF
