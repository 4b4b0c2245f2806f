namespace GopherMesh.Tests.Scripts;

public sealed class CountingTests : IDisposable
{
    private const string Preamble = "set -euo pipefail; source scripts/common.sh; source scripts/count-tests.sh; PulumiSdk=stand-in; ";

    private readonly Checkout _checkout = new();

    [Fact]
    public async Task Counts_are_added_over_projects()
    {
        var result = await CountAsync(
            "Passed!  - Failed:     0, Passed:    12, Skipped:     1, Total:    13, Duration: 5 ms - A.dll (net10.0)",
            "Passed!  - Failed:     0, Passed:     3, Skipped:     0, Total:     3, Duration: 5 ms - B.dll (net10.0)");

        Assert.Equal((0, "15 passed, 0 failed, 1 skipped"), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task A_failed_test_fails_the_run()
    {
        var result = await CountAsync("Failed!  - Failed:     2, Passed:     3, Skipped:     0, Total:     5, Duration: 5 ms - A.dll (net10.0)");

        Assert.Equal((1, "3 passed, 2 failed"), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task A_crash_is_a_failure_although_no_test_failed()
    {
        var result = await CountAsync("The active test run was aborted.");

        Assert.Equal((1, "0 passed, 1 failed"), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task A_project_that_runs_no_test_is_a_failure()
    {
        var result = await CountAsync("No test is available in A.dll.");

        Assert.Equal((1, "0 passed, 1 failed"), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task A_failed_check_is_counted_and_named()
    {
        var result = await _checkout.RunAsync(Preamble + "check 'the format' false; check 'another' true; closing_line");

        Assert.Equal((1, "1 passed, 1 failed"), (result.ExitCode, result.Output));
        Assert.Contains("failed: the format", result.Errors);
    }

    /// <summary>Runs the script over test projects whose runner closes with these lines, one project a line.</summary>
    private Task<ScriptResult> CountAsync(params string[] closingLines)
    {
        const string FakeRunner = "dotnet() { cat \"$2\"; ! grep -Eq 'Failed!|aborted' \"$2\"; }; ";
        var projects = closingLines.Select((line, index) =>
        {
            File.WriteAllText(_checkout.PathOf($"Project{index}.csproj"), line + "\n");
            return $"test_project Project{index}.csproj ''; ";
        });
        return _checkout.RunAsync(Preamble + FakeRunner + string.Concat(projects) + "closing_line");
    }

    public void Dispose() => _checkout.Dispose();
}

/// <summary>What CI adds to ./test: programs that some tests want, out of the folder beside the checkout.</summary>
public sealed class ContinuousIntegrationTests : IDisposable
{
    private readonly Checkout _checkout = new();

    [Fact]
    public async Task The_linters_beside_the_checkout_are_there_for_the_tests_and_gone_after_them()
    {
        AddRun();

        var result = await _checkout.RunAsync("""
            mkdir -p ../shared/lint ../shared/cluster made fakes
            for program in actionlint kube-score istio prometheus chromium; do printf '#!/bin/sh\necho %s\n' "$program" >"made/$program"; chmod +x "made/$program"; done
            cp made/prometheus made/chromium fakes
            tar -cJf ../shared/lint/bin.tar.xz -C made actionlint kube-score
            tar -cJf - -C made istio | split --bytes 100 - ../shared/cluster/bin.tar.xz.
            printf '#!/bin/sh\nactionlint; kube-score; istioctl; command -v istioctl >seen\n' >test
            PATH=$PWD/fakes:$PATH .ci/run | tail -n 4
            [ ! -e "$(cat seen)" ] && echo gone
            """);

        Assert.Equal("actionlint\nkube-score\nistio\ncluster tests not run: there is no ../shared/cluster/cluster\ngone", result.Output);
    }

    [Fact]
    public async Task Without_them_it_runs_the_tests_all_the_same()
    {
        AddRun();

        var result = await _checkout.RunAsync("""
            mkdir fakes && printf '#!/bin/sh\n' >fakes/prometheus && chmod +x fakes/prometheus && cp fakes/prometheus fakes/chromium
            printf '#!/bin/sh\necho tested\n' >test
            PATH=$PWD/fakes:$PATH .ci/run | tail -n 2
            """);

        Assert.Equal("tested\ncluster tests not run: there is no ../shared/cluster/cluster", result.Output);
    }

    public void Dispose() => _checkout.Dispose();

    private void AddRun()
    {
        Directory.CreateDirectory(_checkout.PathOf(".ci"));
        File.Copy(Path.Combine(Repository.Root, ".ci", "run"), _checkout.PathOf(Path.Combine(".ci", "run")));
    }
}
