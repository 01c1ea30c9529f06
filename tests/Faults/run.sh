#!/usr/bin/env bash
# Makes system calls of a run fail, one after the other, and looks at how the run ends: never with 0 unless its results are those of an undisturbed run, never
# with 70 where the program can tell, never without an end, and with nothing half written under a final name.
# Needs strace (Linux). Three to eight seconds for each fault; not part of CI.
#
#   bash tests/Faults/run.sh [FAULTS OF EACH CALL AND MODE, 8 unless told] [CALLS, all unless told: "openat write"]
#
# The k-th call of a thread fails, once; k goes through the calls of the whole run in even steps. A call with an @ is counted only where it is about a file or
# folder of the run: model, tasks, suites, configuration, cache and what an earlier run left; without it most calls are the runtime's own. What fails before the .NET runtime has started ends with a
# code of the runtime's own (131 to 150), what the runtime itself cannot bear with a signal (134, 139); both are counted apart.
set -uo pipefail
cd "$(dirname "$0")/../.."
command -v strace >/dev/null || { echo "strace is not installed" >&2; exit 2; }
each=${1:-8}
calls=${2:-openat openat@ read@ pread64@ getdents64@ mmap mmap@ write pwrite64 fsync rename mkdir ftruncate flock}
errors=(EIO ENOSPC EMFILE EACCES)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dotnet build -nodeReuse:false -v:q -p:RunAnalyzers=false src/Gate.Tool >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 2; }
# A copy, so that the project can be built while this goes on.
cp -r artifacts/bin/Gate.Tool/debug "$work/tool"
tool=$work/tool/gate.dll
mkdir "$work/tasks" "$work/run"
cp -r samples/models/facts-llama "$work/model"
cp src/Gate.Evaluation/Suites/facts/factoid-qa.{task.json,jsonl} "$work/tasks/"
cat >"$work/gate.json" <<JSON
{
  "model": "../model",
  "recipe": { "quantize": { "bits": 4, "groupSize": 32 } },
  "suite": { "tasks": ["../tasks/factoid-qa.task.json"], "limit": 20 },
  "thresholds": { "retention": 0.5 }
}
JSON
export GATE_CACHE_DIR=$work/run/cache SOURCE_DATE_EPOCH=1700000000 CI=true DOTNET_gcServer=0 DOTNET_TieredCompilation=1 TMPDIR=$work
cp "$work/gate.json" "$work/run/"
cd "$work/run"
dotnet "$tool" run >/dev/null 2>"$work/error" || { cat "$work/error"; exit 2; }
cp -r out "$work/out.reference"
cp -r cache "$work/cache.reference"

restore() {
    rm -rf out cache "$work"/gate-*
    [[ $1 == cold ]] || { cp -r "$work/out.reference" out && cp -r "$work/cache.reference" cache; }
}

# The reports of a CI server are replaced where there is no verdict; everything else is whole or not there.
half_written() {
    [[ -d out ]] || return 1
    local name
    while IFS= read -r name; do
        case $name in
        *.tmp | *.partial* | *.resume* | *.gate.lock | .gitignore) ;;
        gate.junit.xml | gate.summary.md) [[ $1 != 0 ]] || cmp -s "out/$name" "$work/out.reference/$name" || { echo "$name"; return 0; } ;;
        *) cmp -s "out/$name" "$work/out.reference/$name" || { echo "$name"; return 0; } ;;
        esac
    done < <(cd out && find . -type f -printf '%P\n')
    return 1
}

total=0 bad=0
declare -A codes=()
for mode in warm cold; do
    for place in $calls; do
        call=${place%@}
        restore "$mode"
        of=()
        if [[ $place == *@ ]]; then
            while IFS= read -r path; do of+=(-P "$path"); done < <(find "$work/model" "$work/tasks" "$work/run" "$work/tool/suites")
        fi
        strace -f -qq ${of[@]+"${of[@]}"} -e "trace=$call" -o "$work/trace" dotnet "$tool" run >/dev/null 2>&1
        # The largest count of one thread.
        most=$(awk '/\(/ { count[$1]++ } END { most = 0; for (id in count) if (count[id] > most) most = count[id]; print most }' "$work/trace")
        ((most > 0)) || { echo "$mode $place: never called"; continue; }
        steps=$((most < each ? most : each))
        for ((i = 0; i < steps; i++)); do
            k=$((most <= each ? i + 1 : 1 + i * (most - 1) / (each - 1)))
            error=${errors[$((total % ${#errors[@]}))]}
            restore "$mode"
            timeout 60 strace -f -qq ${of[@]+"${of[@]}"} -e "trace=$call" -e "inject=$call:error=$error:when=$k" -o /dev/null dotnet "$tool" run >"$work/output" 2>"$work/error"
            code=$?
            total=$((total + 1))
            codes[$code]=$((${codes[$code]:-0} + 1))
            said=$(grep -m1 -E 'error GATE|Unhandled|warning GATE' "$work/error" | cut -c1-150)
            note=''
            [[ $code == 0 ]] && { cmp -s out/results.json "$work/out.reference/results.json" && note='as undisturbed' || note='OTHER RESULTS'; }
            [[ $code == 124 ]] && note='NO END'
            [[ $code == 70 ]] && note='DEFECT'
            name=$(half_written "$code") && note="$note HALF WRITTEN $name"
            [[ $note =~ [A-Z]{3} ]] && bad=$((bad + 1))
            printf '%-4s %-11s %-6s call %-5s exit %-3s %s  %s\n' "$mode" "$place" "$error" "$k/$most" "$code" "$note" "$said"
            [[ $code != 70 ]] || sed -n '/^System\|^Gate/,/^$/p' "$work"/gate-crash-*.log 2>/dev/null | head -12
        done
    done
done

echo
for code in $(printf '%s\n' "${!codes[@]}" | sort -n); do
    echo "exit $code: ${codes[$code]}"
done
echo "$total faults, $bad of them ended as no fault may"
((bad == 0))
