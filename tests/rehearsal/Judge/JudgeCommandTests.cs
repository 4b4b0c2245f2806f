using System.Text.Json;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Tests.Rehearsal.Cli;

namespace GopherMesh.Tests.Rehearsal.Judge;

/// <summary>`gopherctl judge`: lines of counts in, lines of verdicts out.</summary>
public sealed class JudgeCommandTests
{
    private static readonly string[] Judge = ["judge", "--warm-up", "0", "--settling", "0"];

    [Fact]
    public async Task A_canary_that_fails_ends_with_1_and_the_evidence()
    {
        var run = await Run(Judge, Line(0, 190, 10, 0), Line(1, 380, 20, 10));

        Assert.Equal((ExitCode.NegativeVerdict, ""), (run.ExitCode, run.Error));
        var last = JsonDocument.Parse(run.Output.Split('\n')[1]).RootElement;
        Assert.Equal(("worse", "failures"), (last.GetProperty("verdict").GetString(), last.GetProperty("worstMetric").GetString()));
        Assert.InRange(last.GetProperty("worse").GetDouble(), 1, 100);
        Assert.Equal("""{"stable":{"requests":190,"failures":0,"p50":null,"p99":null},"canary":{"requests":10,"failures":10,"p50":null,"p99":null}}""", last.GetProperty("step").GetRawText());
    }

    [Fact]
    public async Task A_canary_as_good_as_stable_is_cleared_and_ends_with_0()
    {
        var run = await Run(Judge, [.. Enumerable.Range(0, 20).Select(second => Line(second, 1900 * second, 100 * second, 0))]);

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Equal(20, run.Output.Count(character => character == '\n'));
        Assert.Contains("\"verdict\":\"cleared\"", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_few_requests_end_with_3_and_what_is_missing()
    {
        var run = await Run(Judge, Line(0, 0, 0, 0), Line(1, 95, 5, 0));

        Assert.Equal(ExitCode.NotEnoughEvidence, run.ExitCode);
        var last = JsonDocument.Parse(run.Output.Split('\n')[1]).RootElement;
        Assert.Equal("notEnoughEvidence", last.GetProperty("verdict").GetString());
        Assert.InRange(last.GetProperty("missing").GetProperty("canaryRequests").GetInt64(), 300, 2000);
        Assert.InRange(last.GetProperty("missing").GetProperty("seconds").GetDouble(), 60, 400);
    }

    [Fact]
    public async Task A_byte_order_mark_before_the_first_line_is_no_part_of_it()
    {
        var run = await Run(Judge, $"\ufeff{Line(0, 190, 10, 0)}", Line(1, 380, 20, 10));
        var alone = await Run(Judge, "\ufeff");

        Assert.Equal((ExitCode.NegativeVerdict, ""), (run.ExitCode, run.Error));
        Assert.Contains("standard input has no counts", alone.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Until_decided_it_ends_with_the_first_decision_and_reads_no_further()
    {
        var run = await Run([.. Judge, "--until-decided"], Line(0, 190, 10, 0), Line(1, 380, 20, 10), "not even JSON");

        Assert.Equal((ExitCode.NegativeVerdict, 2), (run.ExitCode, run.Output.Count(character => character == '\n')));
    }

    [Fact]
    public async Task The_error_rates_and_the_tolerance_are_options()
    {
        string[] lines = [Line(0, 190, 10, 0), Line(1, 380, 20, 2)];

        Assert.Equal(ExitCode.NotEnoughEvidence, (await Run(Judge, lines)).ExitCode);
        Assert.Equal(ExitCode.NegativeVerdict, (await Run([.. Judge, "--alpha", "0.2"], lines)).ExitCode);
        var narrow = await Run([.. Judge, "--tolerance", "0.1", "--factor", "1.5"], Line(0, 0, 0, 0), Line(1, 1900, 100, 0));
        var wide = await Run([.. Judge, "--tolerance", "10"], Line(0, 0, 0, 0), Line(1, 1900, 100, 0));
        Assert.True(Missing(narrow) > 5 * Missing(wide));

        static long Missing(GopherctlRun run) => JsonDocument.Parse(run.Output.Split('\n')[1]).RootElement.GetProperty("missing").GetProperty("canaryRequests").GetInt64();
    }

    [Fact]
    public async Task Latency_and_pods_are_read_and_a_version_may_be_missing()
    {
        const string counts = """{"requests": 100, "failures": 0, "latency": {"0.5": 100, "0.05": 90}}""";
        var run = await Run(
            Judge,
            """{"time": 0, "weight": 5, "versions": {"stable": {"pods": {}}}}""",
            """{"time": 1, "weight": 5, "versions": {"stable": COUNTS, "canary": {"pods": {"a": COUNTS, "b": COUNTS}}}}""".Replace("COUNTS", counts, StringComparison.Ordinal),
            """{"time": 2, "weight": 5, "versions": {"stable": null}}""",
            """{"time": 3.5, "weight": 5, "versions": {"stable": {"requests": 1.1e3, "failures": 0, "latency": {"0.05": 990, "0.5": 1100}}, "canary": {"pods": {"a": {"requests": 200.0, "failures": 0, "latency": {"0.05": 90, "0.5": 100}}}}}}""");

        Assert.Equal((ExitCode.NegativeVerdict, ""), (run.ExitCode, run.Error));
        Assert.Contains("\"worstMetric\":\"slower than 0.5\"", run.Output.Split('\n')[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_latency_of_a_step_is_told_by_version_as_the_bounds_that_the_histogram_knows()
    {
        const string Counts = """{"time": %, "weight": 5, "versions": {"stable": {"requests": %000, "failures": 0, "latency": {"0.05": %000, "0.1": %000}}, "canary": {"requests": %00, "failures": 0, "latency": {"0.05": %0, "0.1": %98}}}}""";

        var run = await Run(Judge, Counts.Replace("%98", "98", StringComparison.Ordinal).Replace('%', '1'), Counts.Replace("%98", "196", StringComparison.Ordinal).Replace('%', '2'));

        Assert.Equal(
            """{"stable":{"requests":1000,"failures":0,"p50":"≤ 0.05","p99":"≤ 0.05"},"canary":{"requests":100,"failures":0,"p50":"≤ 0.1","p99":"> 0.1"}}""",
            JsonDocument.Parse(run.Output.Split('\n')[1]).RootElement.GetProperty("step").GetRawText());
    }

    [Theory]
    [InlineData("[1]", "it is [1]; it must be an object")]
    [InlineData("{", "it is not JSON")]
    [InlineData("""{"time": 1, "time": 2, "weight": 5, "versions": {}}""", "each field once")]
    [InlineData("""{"\ud800": 1}""", "half a character")]
    [InlineData("""{"time": 1, "weight": 5, "versions": {"stable": {"pods": {"\udc00": {"requests": 1, "failures": 0}}}}}""", "half a character")]
    [InlineData("""{"time": 1, "weight": 5}""", "the field versions is missing")]
    [InlineData("""{"time": 1, "wieght": 5, "versions": {}}""", "the field wieght is unknown; known are time, weight, versions")]
    [InlineData("""{"time": "now", "weight": 5, "versions": {}}""", "time is \"now\"; it must be seconds")]
    [InlineData("""{"time": 1, "weight": 101, "versions": {}}""", "weight is 101; it must be percent")]
    [InlineData("""{"time": 1, "weight": 5.5, "versions": {}}""", "weight is 5.5; it must be percent of the requests, a whole number from 0 to 100")]
    [InlineData("""{"time": 1, "weight": "5", "versions": {}}""", "weight is \"5\"; it must be percent of the requests, a whole number from 0 to 100")]
    [InlineData("""{"time": 1, "weight": -1, "versions": {}}""", "weight is -1; it must be percent of the requests, a whole number from 0 to 100")]
    [InlineData("""{"time": 1, "weight": 5, "versions": {"v1": {}}}""", "the field versions.v1 is unknown; known are stable, canary")]
    [InlineData("""{"time": 1, "weight": 5, "versions": {"stable": 7}}""", "versions.stable is 7; it must be an object")]
    [InlineData("""{"time": 1, "weight": 5, "versions": {"stable": {"requests": 1}}}""", "the field versions.stable.failures is missing")]
    [InlineData("""{"time": 1, "weight": 5, "versions": {"stable": {"requests": -1, "failures": 0}}}""", "versions.stable.requests is -1; it must be a whole number")]
    [InlineData("""{"time": 1, "weight": 5, "versions": {"stable": {"requests": 9e18, "failures": 0}}}""", "versions.stable.requests is 9e18; it must be a whole number")]
    [InlineData("""{"time": 1, "weight": 5, "versions": {"stable": {"requests": 1, "failures": 2}}}""", "versions.stable cannot be: 2 failures of 1 requests")]
    [InlineData("""{"time": 1, "weight": 5, "versions": {"stable": {"requests": 1, "failures": 0, "latency": {"+Inf": 1}}}}""", "the bound '+Inf'")]
    [InlineData("""{"time": 1, "weight": 5, "versions": {"stable": {"requests": 9, "failures": 0, "latency": {"1": 5, "2": 4}}}}""", "fewer requests within a latency bound")]
    [InlineData("""{"time": 1, "weight": 5, "versions": {"stable": {"requests": 9, "failures": 0, "latency": {"1": 5}}, "canary": {"requests": 9, "failures": 0}}}""", "versions.canary has the latency bounds []")]
    [InlineData("""{"time": 1, "weight": 5, "versions": {"stable": {"pods": {"a": {"requests": 1}}}}}""", "the field versions.stable.pods.a.failures is missing")]
    [InlineData("""{"time": 1, "weight": 5, "versions": {"stable": {"pods": {}, "requests": 1}}}""", "the field versions.stable.requests is unknown; known are pods")]
    public async Task Bad_input_is_refused_by_its_line_and_field(string line, string what)
    {
        var run = await Run(Judge, """{"time": 0, "weight": 5, "versions": {}}""", line);

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains(what, run.Error, StringComparison.Ordinal);
        Assert.Contains("where: line 2 of standard input", run.Error, StringComparison.Ordinal);
        Assert.Contains("to do: ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("standard input has no counts", "\n \n")]
    [InlineData("nothing is written to standard input", null)]
    public async Task Nothing_to_judge_is_an_error(string what, string? input)
    {
        var run = await GopherctlRun.Of(input is null ? null : new StringReader(input), Judge);

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains(what, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_input_that_cannot_be_read_is_an_error_of_the_user()
    {
        var run = await GopherctlRun.Of(new Unreadable(), ["judge"]);

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.StartsWith("gopherctl: standard input cannot be read: Is a directory", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_without_end_is_refused_before_it_fills_the_memory()
    {
        using var endless = new Endless();
        var run = await GopherctlRun.Of(endless, Judge);

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("a line of standard input has more than", run.Error, StringComparison.Ordinal);
    }

    private static Task<GopherctlRun> Run(string[] arguments, params string[] lines) =>
        GopherctlRun.Of(new StringReader(string.Join('\n', lines)), arguments);

    private static string Line(int time, long stable, long canary, long canaryFailures) => JsonSerializer.Serialize(new
    {
        time,
        weight = 5,
        versions = new { stable = new { requests = stable, failures = 0 }, canary = new { requests = canary, failures = canaryFailures } },
    });

    private sealed class Endless : TextReader
    {
        public override int Read(char[] buffer, int index, int count)
        {
            Array.Fill(buffer, ' ', index, count);
            return count;
        }
    }

    /// <summary>As a directory is.</summary>
    private sealed class Unreadable : StringReader
    {
        public Unreadable()
            : base("")
        {
        }

        public override int Read(char[] buffer, int index, int count) => throw new IOException("Is a directory");
    }
}
