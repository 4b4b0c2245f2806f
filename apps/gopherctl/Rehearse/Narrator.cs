using GopherMesh.Gopherctl.Cli;
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
