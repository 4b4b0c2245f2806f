using System.CommandLine;
using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Judge;

/// <summary>`judge`: the judge of rollouts alone, as a filter.</summary>
internal sealed class JudgeCommand
{
    private static readonly JudgeSettings Usual = JudgeSettings.Default;

    private readonly Terminal _terminal;
    private readonly Option<double> _alpha = Number("--alpha", "How often a canary that is no worse may be taken back, over the whole rollout.", Usual.Alpha, 1e-9, 0.5);
    private readonly Option<double> _beta = Number("--beta", "How often a canary that is worse by more than the tolerance may be cleared, at each weight.", Usual.Beta, 1e-9, 0.5);
    private readonly Option<double> _tolerance = Number("--tolerance", "The difference of failure rates that is tolerated, in percentage points.", Usual.Tolerance.Points * 100, 0.001, 99);
    private readonly Option<double> _latencyTolerance = Number("--latency-tolerance", "The same of the requests slower than each latency bound, in percentage points.", Usual.LatencyTolerance.Points * 100, 0.001, 99);
    private readonly Option<double> _factor = Number("--factor", "The ratio that is tolerated, of failures and of slow requests, where it allows more than the points do.", Usual.Tolerance.Factor, 1, 1000);
    private readonly Option<double> _warmUp = Number("--warm-up", "For how many seconds after the canary's first request its latency is not judged.", Usual.WarmUp.TotalSeconds, 0, 86400);
    private readonly Option<double> _settling = Number("--settling", "For how many seconds after a change of weight latency is not judged.", Usual.Settling.TotalSeconds, 0, 86400);
    private readonly Option<bool> _untilDecided = new("--until-decided") { Description = "Ends with the first verdict that the canary is worse or the weight cleared." };

    private JudgeCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>The command, reading and writing by the terminal.</summary>
    public static Command Create(Terminal terminal)
    {
        var judge = new JudgeCommand(terminal);
        var command = new ExampleCommand(
            "judge",
            """
            Judges a canary against the stable version of the same time, look by look, with stated error rates. Reads cumulative counts as lines of JSON:
              {"time": 12.5, "weight": 5, "versions": {"stable": {"requests": 950, "failures": 3, "latency": {"0.1": 900, "0.5": 940}}, "canary": {...}}}
            and writes a line of verdict and evidence for each. Ends with the last verdict: 0 cleared, 1 worse, 3 not enough evidence.
            """,
            "judge < counts.jsonl",
            "judge --alpha 0.01 --tolerance 0.5 < counts.jsonl | jq --raw-output .verdict",
            "judge --until-decided --warm-up 30 < counts.jsonl")
        {
            judge._alpha, judge._beta, judge._tolerance, judge._latencyTolerance, judge._factor, judge._warmUp, judge._settling, judge._untilDecided,
        };
        command.SetAction(judge.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        if (_terminal.Input is not { } input)
        {
            throw new UserException("nothing is written to standard input", "standard input", "Write the counts into it: ./gopherctl judge < counts.jsonl");
        }

        var settings = Settings(parsed);
        var lines = new CountsLines();
        RolloutJudge? judge = null;
        var verdict = (Verdict?)null;
        await foreach (var line in BoundedLines.ReadAsync(input, cancellation))
        {
            var reading = lines.Read(line);
            judge ??= lines.Bounds is { } bounds ? new(settings, bounds) : null;
            // Before the first counts it is not known which latency bounds there will be, and nothing has to be remembered.
            var look = (judge ?? new(settings, [])).Look(reading);
            verdict = look.Verdict;
            await _terminal.Output.Profile.Out.Writer.WriteLineAsync(VerdictJson.Of(reading, look));
            await _terminal.Output.Profile.Out.Writer.FlushAsync(cancellation);
            if (verdict != Verdict.NotEnoughEvidence && parsed.GetValue(_untilDecided))
            {
                break;
            }
        }

        return verdict switch
        {
            Verdict.Cleared => ExitCode.Success,
            Verdict.Worse => ExitCode.NegativeVerdict,
            Verdict.NotEnoughEvidence => ExitCode.NotEnoughEvidence,
            _ => throw new UserException("standard input has no counts", "standard input", "Write a line of counts for each look; ./gopherctl judge --help shows one."),
        };
    }

    private JudgeSettings Settings(ParseResult parsed) => new()
    {
        Alpha = parsed.GetValue(_alpha),
        Beta = parsed.GetValue(_beta),
        Tolerance = new(parsed.GetValue(_tolerance) / 100, parsed.GetValue(_factor)),
        LatencyTolerance = new(parsed.GetValue(_latencyTolerance) / 100, parsed.GetValue(_factor)),
        WarmUp = TimeSpan.FromSeconds(parsed.GetValue(_warmUp)),
        Settling = TimeSpan.FromSeconds(parsed.GetValue(_settling)),
    };

    private static Option<double> Number(string name, string description, double usual, double least, double most) =>
        new Option<double>(name) { Description = description, HelpName = "number", DefaultValueFactory = _ => usual }.Within(least, most);
}
