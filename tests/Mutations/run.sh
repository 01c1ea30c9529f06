#!/usr/bin/env bash
# Plants the faults of a list into the verdict code, one at a time, and runs the tests of Gate.Core against each: every fault must be caught.
# Works on a copy, so the working tree stays as it is. About half a minute for each fault; not part of CI.
#
#   bash tests/Mutations/run.sh [LIST] [FIRST] [LAST]
set -euo pipefail
cd "$(dirname "$0")/../.."
list=${1:-tests/Mutations/verdict.mutations} first=${2:-1} last=${3:-999}
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -z --cached --others --exclude-standard | tar --null --ignore-failed-read -T - -cf - | tar -xf - -C "$copy"
list=$(realpath "$list")
cd "$copy"
build=(dotnet build -nodeReuse:false -v:q -p:RunAnalyzers=false -p:GenerateDocumentationFile=false)
nice "${build[@]}" tests/Gate.Core.Tests >build.log 2>&1 || { cat build.log; exit 2; }
tests=artifacts/bin/Gate.Core.Tests/debug

# Tables and laws first; the simulations, which take longer, only for what those did not catch.
caught() {
    ! nice "$tests/Gate.Core.Tests" --stop-on-fail on --no-progress --filter-namespace "Gate.Core.Tests.Verdicts*" \
        --filter-not-class "*CoverageTests" --filter-not-class "*OperatingCharacteristicsTests" --filter-not-class "*EarlyStoppingTests" >test.log 2>&1 && return 0
    ! nice "$tests/Gate.Core.Tests" --stop-on-fail on --no-progress --filter-class "*CoverageTests" --filter-class "*OperatingCharacteristicsTests" \
        --filter-class "*EarlyStoppingTests" >test.log 2>&1
}

if caught; then
    echo "the tests fail without any fault:" >&2
    cat test.log >&2
    exit 2
fi

total=0 survived=0 file='' original=''
while IFS= read -r line; do
    case $line in
    'file '*) file=${line#file } ;;
    '- '*) original=${line#- } ;;
    '+ '*)
        total=$((total + 1))
        ((total >= first && total <= last)) || continue
        fault=${line#+ }
        text=$(cat "$file" && printf x)
        [[ $text == *"$original"* ]] || { echo "$file: there is no line '$original'" >&2; exit 2; }
        printf %s "${text/"$original"/"$fault"}" | head -c -1 >"$file"
        project=$(cut -d/ -f2 <<<"$file")
        if ! nice "${build[@]}" --no-restore --no-dependencies "src/$project" >build.log 2>&1; then
            echo "DOES NOT COMPILE  $file: $fault" >&2
            cat build.log >&2
            exit 2
        fi
        cp "$tests/$project.dll" faultless.dll
        cp "artifacts/bin/$project/debug/$project.dll" "$tests/"
        if caught; then
            echo "caught    $total  $(basename "$file"): $fault"
        else
            echo "SURVIVED  $total  $(basename "$file"): $fault"
            survived=$((survived + 1))
        fi
        cp faultless.dll "$tests/$project.dll"
        printf %s "$text" | head -c -1 >"$file"
        ;;
    esac
done <"$list"
echo "$((survived)) of the faults survived"
((survived == 0))
