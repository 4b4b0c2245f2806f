using System.Globalization;
using GopherMesh.Gopherctl.Cli;
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
        progress.Dispose();
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
