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
