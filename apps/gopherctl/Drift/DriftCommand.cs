using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Drift;

/// <summary>`drift`: what others changed of a deployed stack, in words.</summary>
internal static class DriftCommand
{
    private const int LongestValue = 60;

    /// <summary>The command, writing to the terminal.</summary>
    /// <param name="terminal">Where it writes.</param>
    /// <param name="refresh">Runs <c>pulumi refresh --preview-only --json</c> for a stack, and returns what it wrote.</param>
    public static Command Create(Terminal terminal, Func<string, CancellationToken, Task<string>> refresh)
    {
        var stack = StackOption.Create("The deployed stack.");
        var output = new Option<string>("--output") { Description = "What is printed: text for people, or one JSON object.", DefaultValueFactory = _ => "text" };
        output.AcceptOnlyFromAmong("text", "json");
        var command = new ExampleCommand(
            "drift",
            "Says what others changed of a deployed stack, who and since when, and what takes it back; changes nothing. Ends with 0 when nothing differs, 1 when something does, 2 on bad input, 3 when pulumi cannot tell.",
            "drift --stack dev",
            "drift --stack dev --output json")
        {
            stack, output,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var name = parsed.GetRequiredValue(stack);
            var report = DriftReport.Of(await RefreshedAsync(refresh, name, cancellation));
            if (parsed.GetRequiredValue(output) == "json")
            {
                terminal.Print(ToJson(name, report).ToJsonString(OutputJson.Document));
            }
            else
            {
                Lines(name, report).ToList().ForEach(line => terminal.Print(Printable.Line(line)));
            }

            return report.IsAny ? ExitCode.NegativeVerdict : ExitCode.Success;
        });
        return command;
    }

    // A refresh that failed says nothing of drift, and must not look like it.
    private static async Task<string> RefreshedAsync(Func<string, CancellationToken, Task<string>> refresh, string stack, CancellationToken cancellation)
    {
        try
        {
            return await refresh(stack, cancellation);
        }
        catch (UserException failed) when (failed.Code is ExitCode.NegativeVerdict or ExitCode.Busy)
        {
            throw new UserException(failed.Message, failed.Where, "Correct what it reports, then run the command again: it is not known whether anything differs.", ExitCode.NotEnoughEvidence);
        }
    }

    private static IEnumerable<string> Lines(string stack, DriftReport report)
    {
        foreach (var resource in report.Resources)
        {
            yield return resource.Sentence;
            foreach (var change in resource.Changes)
            {
                yield return $"  {change.Path}: {Shown(change.Declared)} was deployed, {Shown(change.Found)} is there";
            }
        }

        if (report.Unnamed > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{report.Unnamed} more differ, and this pulumi does not name them: pulumi refresh --preview-only --diff --stack {stack}");
        }

        yield return report.Summary(stack);
        if (report.IsAny)
        {
            yield return $"what takes it back: {DriftReport.TakesBack(stack)}";
        }

        if (report.Resources.Any(resource => resource.NeedsForce))
        {
            yield return $"if that ends in a conflict over a Deployment: PULUMI_K8S_ENABLE_PATCH_FORCE=true {DriftReport.TakesBack(stack)}";
        }
    }

    private static string Shown(JsonNode? value) => value?.ToJsonString() switch
    {
        null => "nothing",
        { Length: > LongestValue } text => $"{text[..LongestValue]}...",
        var text => text,
    };

    private static JsonObject ToJson(string stack, DriftReport report) => new()
    {
        ["stack"] = stack,
        ["drift"] = report.IsAny,
        ["resources"] = new JsonArray([.. report.Resources.Select(resource => new JsonObject
        {
            ["resource"] = resource.Name,
            ["urn"] = resource.Urn,
            ["gone"] = resource.IsGone,
            ["changedBy"] = new JsonArray([.. resource.Editors.Select(editor => new JsonObject
            {
                ["manager"] = editor.Manager,
                ["since"] = editor.Since?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            })]),
            ["changes"] = new JsonArray([.. resource.Changes.Select(change => new JsonObject
            {
                ["path"] = change.Path, ["kind"] = change.Kind, ["deployed"] = change.Declared?.DeepClone(), ["found"] = change.Found?.DeepClone(),
            })]),
        })]),
        ["unnamed"] = report.Unnamed,
        ["takesBack"] = report.IsAny ? DriftReport.TakesBack(stack) : null,
    };
}
