using System.Globalization;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Rehearse.Verdict;
using Spectre.Console;

namespace GopherMesh.Gopherctl.Rehearse;

/// <summary>Tells a person what a rehearsal does and finds: the first answers, the table, the verdict.</summary>
internal sealed class Narrator(Terminal terminal)
{
    private const int ShownAnswers = 12;

    /// <summary>Verifies what is live, and prints it as it goes.</summary>
    public async Task<RehearsalResult> VerifyAsync(MeshRehearsal rehearsal, int requests, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(terminal);
        var answers = 0;
        var result = await rehearsal.VerifyAsync(
            requests,
            answer =>
            {
                if (answers++ < ShownAnswers)
                {
                    Line(answer.Failure is { } failure ? $"failed: {failure}" : answer.Text);
                }
                else
                {
                    progress.Count("requests", answers, requests);
                }
            },
            cancellation);
        progress.Erase();
        Line(requests > ShownAnswers ? "...\n" : "");
        terminal.Output.Write(ResultTable.Of(result));
        Verdict(result);
        return result;
    }

    /// <summary>Prints a line as it is, without wrapping.</summary>
    public void Line(string text) => terminal.Print(text);

    /// <summary>Prints a line in a colour of Spectre's, where there is colour.</summary>
    public void Line(string text, string style) => terminal.Output.MarkupLine($"[{style}]{Markup.Escape(text)}[/]");

    private void Verdict(RehearsalResult result)
    {
        Line("");
        if (result.IsGood)
        {
            var failed = result.Tally.Failed == 0 ? "none failed" : $"{result.Tally.Failed} failed on purpose";
            Line($"as declared: {result.Tally.Requests} requests, {failed}", "green");
        }

        foreach (var finding in result.Findings)
        {
            Line($"not as declared: {finding}", "red");
        }
    }
}

/// <summary>The table of a rehearsal: each version and, under it, its pods.</summary>
internal static class ResultTable
{
    /// <summary>The table of a result.</summary>
    public static Table Of(RehearsalResult result)
    {
        var table = new Table { Border = TableBorder.None }
            .AddColumn("[bold]version[/]")
            .AddColumn("[bold]pod[/]")
            .AddColumn(new TableColumn("[bold]answered[/]").RightAligned())
            .AddColumn(new TableColumn("[bold]observed[/]").RightAligned())
            .AddColumn(new TableColumn("[bold]declared[/]").RightAligned())
            .AddColumn(new TableColumn("[bold]copies[/]").RightAligned())
            .AddColumn(new TableColumn("[bold]declared[/]").RightAligned());
        foreach (var version in result.Split.Versions)
        {
            AddVersion(table, result, version);
        }

        return table;
    }

    private static void AddVersion(Table table, RehearsalResult result, DeclaredVersion version)
    {
        var tally = result.Tally;
        table.AddRow(
            Bold(version.Name),
            "",
            Bold(Count(tally.AnsweredBy(version.Name))),
            Bold(Percent(tally.AnsweredBy(version.Name), tally.Answered)),
            Bold(Percent(version.Share)),
            Bold(Count(tally.MirroredTo(version.Name))),
            Bold(Percent(version.Mirror)));
        foreach (var pod in tally.Pods.Where(pod => pod.Version == version.Name))
        {
            table.AddRow("", Shown(pod.Name), Count(pod.Answered), Percent(pod.Answered, tally.Answered), "", Count(pod.Mirrored), "");
        }
    }

    private static string Bold(string text) => $"[bold]{Shown(text)}[/]";

    // Names come from manifests and from answers.
    private static string Shown(string text) => Markup.Escape(Printable.Line(text));

    private static string Count(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(int part, int whole) => whole == 0 ? "-" : Percent((double)part / whole);

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.##} %");
}

/// <summary>A rehearsal as one JSON object. Shares are percentages.</summary>
internal static class ResultJson
{
    /// <summary>sdk, stack, requests, failed, declared, observed, pods, mirrored, verdict.</summary>
    public static string Of(string stack, RehearsalResult result)
    {
        var (split, tally) = (result.Split, result.Tally);
        return new JsonObject
        {
            ["sdk"] = ProgramEvaluator.Sdk,
            ["stack"] = stack,
            ["requests"] = tally.Requests,
            ["failed"] = tally.Failed,
            ["declared"] = Versions(result, version => new JsonObject
            {
                ["percent"] = Percent(split.Versions.Single(declared => declared.Name == version).Share),
                ["mirrorPercent"] = Percent(split.Versions.Single(declared => declared.Name == version).Mirror),
            }),
            ["observed"] = Versions(result, version => new JsonObject
            {
                ["answered"] = tally.AnsweredBy(version),
                ["percent"] = tally.Answered == 0 ? 0 : Percent((double)tally.AnsweredBy(version) / tally.Answered),
            }),
            ["pods"] = new JsonArray([.. tally.Pods.Select(pod => new JsonObject
            {
                ["name"] = pod.Name,
                ["version"] = pod.Version,
                ["answered"] = pod.Answered,
                ["mirrored"] = pod.Mirrored,
            })]),
            ["mirrored"] = Versions(result, version => tally.MirroredTo(version)),
            ["verdict"] = new JsonObject
            {
                ["good"] = result.IsGood,
                ["findings"] = new JsonArray([.. result.Findings.Select(finding => JsonValue.Create(finding))]),
            },
        }.ToJsonString(OutputJson.Document);
    }

    private static JsonObject Versions(RehearsalResult result, Func<string, JsonNode?> value) =>
        new(result.Split.Versions.Select(version => KeyValuePair.Create(version.Name, value(version.Name))));

    private static double Percent(double share) => Math.Round(share * 100, 2);
}
