# Sourced by ./test: runs checks and test projects, and adds up what passed, failed and was skipped.

passed=0 failed=0 skipped=0

# check NAME COMMAND...: a check that is one command
check() {
  local name=$1; shift
  say "checking: $name"
  if "$@"; then passed=$((passed + 1)); else
    failed=$((failed + 1)); say "failed: $name"
  fi
}

# test_project PROJECT FILTER: runs the tests of a built project, and writes their output to the terminal and a log
test_project() {
  local project=$1 filter=$2 log status=0
  log=$root/artifacts/$PulumiSdk/log/$(basename "$project" .csproj).log
  mkdir -p "$(dirname "$log")"
  say "testing: $project"
  dotnet test "$project" -c Release --no-build -nologo --logger "console;verbosity=minimal" ${filter:+--filter "$filter"} </dev/null 2>&1 | tee "$log" >&2 || status=$?
  add_results "$project" "$filter" "$log" "$status"
}

# add_results PROJECT FILTER LOG STATUS: adds the counts that the run of a test project printed; a run with an exit status other than 0 counts as a failure
add_results() {
  local project=$1 filter=$2 log=$3 status=$4 count
  for count in Failed:failed Passed:passed Skipped:skipped; do
    add "${count#*:}" "$(counted "${count%:*}" "$log")"
  done
  # A crash, or a run without any test, reports no failed test.
  if [[ $status != 0 && $(counted Failed "$log") == 0 ]]; then
    failed=$((failed + 1)); say "failed: $project ended with status $status"
  elif [[ -z $filter && $(counted Total "$log") == 0 ]]; then
    failed=$((failed + 1)); say "failed: $project ran no test"
  fi
}

# counted WORD LOG: the number after `WORD:` in the runner's closing line, or 0
counted() { { grep -E '(Passed|Failed|Skipped)! +- ' "$2" || true; } | sed -n "s/.*$1: *\([0-9][0-9]*\).*/\1/p" | awk '{n += $1} END {print n + 0}'; }

add() { printf -v "$1" %d "$((${!1} + $2))"; }

# closing_line: prints the counts as the last line; the exit status says whether anything failed
closing_line() {
  local line="$passed passed, $failed failed"
  ((skipped == 0)) || line+=", $skipped skipped"
  printf '%s\n' "$line"
  ((failed == 0))
}
