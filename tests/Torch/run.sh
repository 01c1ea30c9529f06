#!/usr/bin/env bash
# Builds tests/Gate.Torch.Tests and runs them on libtorch. Where this system's C++ runtime is too old for the native library (Debian 12), they run in a root of
# Debian 13, which is made once with debootstrap from this machine's own mirror and kept outside the repository (GATE_TORCH_ROOT).
# Ends with lines "succeeded: N" and "failed: N" as dotnet test does; where it can run nowhere, with "skipped: REASON" and exit code 0.
# Arguments go to the tests, for example: --filter-class '*EngineTests'. GATE_TORCH_DEVICE=cuda:0 runs them on a GPU (tests/Torch/cuda.sh).
set -uo pipefail
cd "$(dirname "$0")/../.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_TieredPGO=0 MSBUILDDISABLENODEREUSE=1
root=${GATE_TORCH_ROOT:-${XDG_CACHE_HOME:-$HOME/.cache}/gate-torch/trixie}
log=$(mktemp)
binds=()
finish() {
  for ((i = ${#binds[@]} - 1; i >= 0; i--)); do umount "${binds[$i]}" 2>/dev/null; done
  rm -f "$log"
}
trap finish EXIT
skip() {
  echo "skipped: Gate.Torch.Tests: $1"
  exit 0
}

[ "$(uname -sm)" = "Linux x86_64" ] || skip "the tests' native library is for linux-x64, this is $(uname -sm)"

properties=()
case ${GATE_TORCH_DEVICE:-cpu} in
  cuda*) properties=(-p:TorchCuda=true -p:RestorePackagesWithLockFile=false) ;;
esac

# A restore that cannot reach its packages is no failure of the code; a build that fails is.
dotnet restore tests/Gate.Torch.Tests "${properties[@]}" >"$log" 2>&1 || {
  grep -qE 'NU1301|NU1101|NU1102|NU1103' "$log" && skip "its packages cannot be restored: $(grep -m 1 -oE 'NU1[0-9]+: .*' "$log" | cut -c -160)"
  tail -n 20 "$log"
  exit 1
}
dotnet build tests/Gate.Torch.Tests --no-restore "${properties[@]}" -v q --nologo >"$log" 2>&1 || {
  tail -n 40 "$log"
  exit 1
}
out=$PWD/artifacts/bin/Gate.Torch.Tests/debug_linux-x64

# The newest symbol version the library needs, and whether this system's runtime has it.
runtime=$(ldconfig -p | sed -n 's/.*libstdc++\.so\.6 .*x86-64.*=> //p' | head -n 1)
if [ -n "$runtime" ] && grep -q 'GLIBCXX_3\.4\.32' "$runtime"; then
  exec "$out/Gate.Torch.Tests" "$@"
fi

[ ${#properties[@]} -eq 0 ] || skip "this system's libstdc++ lacks GLIBCXX_3.4.32, and a GPU is not lent to a root of Debian 13"
[ "$(id -u)" = 0 ] || skip "this system's libstdc++ lacks GLIBCXX_3.4.32, and only root can make and enter a Debian 13"
if [ ! -x "$root/usr/bin/env" ]; then
  command -v debootstrap >/dev/null || skip "this system's libstdc++ lacks GLIBCXX_3.4.32, and debootstrap is not installed"
  mirror=$(sed -n 's/^URIs: *//p; s/^deb \(\[[^]]*\] \)\?\(http[^ ]*\) .*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -m 1 '/debian/*$') \
    || skip "no Debian mirror stands in the package sources of this system"
  mkdir -p "$(dirname "$root")"
  rm -rf "$root.new"
  debootstrap --variant=minbase --include=libgomp1,libicu76 trixie "$root.new" "$mirror" >"$log" 2>&1 || skip "debootstrap failed: $(tail -n 1 "$log")"
  rm -rf "$root.new/var/cache/apt/archives"/*.deb
  mv "$root.new" "$root"
fi

sdk=$(dirname "$(readlink -f "$(command -v dotnet)")")
bind() {
  mkdir -p "$root$1"
  mount --bind "$1" "$root$1" 2>"$log" || skip "cannot bind into the root of Debian 13: $(tail -n 1 "$log")"
  binds+=("$root$1")
}
mkdir -p "$root/proc"
mount -t proc proc "$root/proc" 2>"$log" || skip "cannot mount /proc in the root of Debian 13: $(tail -n 1 "$log")"
binds+=("$root/proc")
bind "$sdk"
bind "$PWD"
chroot "$root" /usr/bin/env -C "$PWD" -i PATH="$sdk:/usr/bin:/bin" HOME=/tmp DOTNET_ROOT="$sdk" DOTNET_TieredPGO=0 DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 \
  GATE_TORCH_DEVICE="${GATE_TORCH_DEVICE:-cpu}" "$out/Gate.Torch.Tests" "$@"
