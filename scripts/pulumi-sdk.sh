# Which Pulumi SDK a build on this machine can have: `real` (NuGet has Pulumi's packages) or `stand-in` (it does not).
# A restore gives the answer. It is kept until Directory.Packages.props or NuGet's sources change. Sourced by common.sh.

# sdk_question: prints a checksum of all that the answer depends on: the packages' versions, and NuGet's sources
sdk_question() {
  {
    cat "$root/Directory.Packages.props"
    nuget_configs | while IFS= read -r file; do cat "$file" 2>/dev/null || true; done
    printf '%s\n' "${RestoreSources:-}" "${RestoreAdditionalProjectSources:-}" "${RestoreConfigFile:-}"
  } | cksum | tr ' ' '-'
}

# nuget_configs: prints where NuGet looks for its sources: the user's file, and a file in each folder from here upwards; not all exist
nuget_configs() {
  local folder=$root name
  printf '%s\n' "${HOME:-}/.nuget/NuGet/NuGet.Config"
  while :; do
    for name in nuget.config NuGet.config NuGet.Config; do printf '%s\n' "${folder%/}/$name"; done
    [[ $folder != / ]] || return 0
    folder=$(dirname "$folder")
  done
}

# choose_sdk: sets and exports PulumiSdk, the MSBuild property. A value that the environment already has is kept. The stand-in is named
# only when the answer is new.
choose_sdk() {
  local kept=$root/artifacts/pulumi-sdk question
  case ${PulumiSdk:-} in
    real | stand-in) export PulumiSdk; return ;;
    '') ;;
    *) die "PulumiSdk is '$PulumiSdk' in the environment; it must be 'real' or 'stand-in', or unset to let a restore decide" ;;
  esac
  question=$(sdk_question)
  if [[ -f $kept && $(cut -d' ' -f1 "$kept") == "$question" ]]; then
    PulumiSdk=$(cut -d' ' -f2 "$kept")
  else
    PulumiSdk=$(ask_for_pulumi)
    mkdir -p "$root/artifacts"
    printf '%s %s\n' "$question" "$PulumiSdk" >"$kept"
    [[ $PulumiSdk == real ]] ||
      say "NuGet's sources have no Pulumi packages: using the stand-in of tests/pulumi-stand-in (delete artifacts/pulumi-sdk to check again)"
  fi
  export PulumiSdk
}

# ask_for_pulumi: prints real or stand-in; when the restore fails for another reason than a missing package, the script ends with its log
ask_for_pulumi() {
  local log=$root/artifacts/pulumi-sdk.log
  mkdir -p "$root/artifacts"
  say "checking whether NuGet's sources have Pulumi's packages (once)"
  if dotnet restore "$root/infra/Infra.csproj" -p:PulumiSdk=real -v quiet -nologo >"$log" 2>&1 </dev/null; then
    echo real
  # NU1101: no such package; NU1102: not in that version.
  elif grep -Eq 'NU110[12].*Pulumi' "$log" && ! grep -E ': error ' "$log" | grep -Evq 'NU110[12].*Pulumi'; then
    echo stand-in
  else
    cat "$log" >&2
    die "the restore above failed for another reason than a missing Pulumi package; correct that and try again, or set PulumiSdk=stand-in to build without Pulumi's packages"
  fi
}
