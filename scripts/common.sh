# Sourced by ./gopherctl and ./test: where the repository is, which SDK applies, and how to build. Not a program of its own.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# No process may stay after a command has ended, so MSBuild starts no nodes and no compiler server that it would keep.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

say() { printf '%s\n' "$*" >&2; }
die() { say "${0##*/}: $*"; exit 2; }

need_dotnet() {
  command -v dotnet >/dev/null || die "the .NET SDK is not on PATH; install .NET 10 (https://dot.net/download) and try again"
  (cd "$root" && dotnet --version) >/dev/null 2>&1 || die "no .NET SDK here satisfies global.json ($(sdk_wanted)); installed: $(dotnet --list-sdks | cut -d' ' -f1 | paste -sd' ')"
}

sdk_wanted() { sed -n 's/.*"version": "\([^"]*\)".*/\1 or a later feature band/p' "$root/global.json"; }

# quietly LOG COMMAND...: runs the command with its output in LOG; shows the output only when the command fails
quietly() {
  local log=$1; shift
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 </dev/null || { local status=$?; cat "$log" >&2; return "$status"; }
}

# build PROJECT [ARG...]: a Release build with the chosen SDK
build() {
  local project=$1; shift
  say "building $project (Pulumi SDK: $PulumiSdk)"
  quietly "$root/artifacts/$PulumiSdk/build.log" dotnet build "$root/$project" -c Release -v quiet -nologo "$@"
}

# shellcheck source=pulumi-sdk.sh
source "$root/scripts/pulumi-sdk.sh"
