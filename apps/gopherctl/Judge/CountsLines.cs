using System.Globalization;
using System.Text.Json;
using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Judge;

/// <summary>
/// The lines that `judge` reads, each a JSON object of cumulative counts:
/// <c>{"time": 12.5, "weight": 5, "versions": {"stable": COUNTS, "canary": COUNTS}}</c>, COUNTS being
/// <c>{"requests": 950, "failures": 3, "latency": {"0.1": 900, "0.5": 940}}</c> or, by pod, <c>{"pods": {"NAME": COUNTS, ...}}</c>.
/// Every other field is an error; a version that is missing or null has no counts at this time.
/// </summary>
internal sealed class CountsLines
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    private int _line;
    private List<string>? _bounds;

    /// <summary>The latency bounds of the lines so far, ascending, as they were written; null before the first counts.</summary>
    public IReadOnlyList<string>? Bounds => _bounds;

    /// <summary>Reads the next line.</summary>
    /// <exception cref="UserException">It is not of the form above; the error names the line and the field.</exception>
    public Reading Read(string line)
    {
        _line++;
        try
        {
            using var document = Parse(line);
            return Read(document.RootElement);
        }
        catch (InvalidOperationException)
        {
            throw Error("it has half a character: one of \\ud800 to \\udfff without its other half");
        }
    }

    private Reading Read(JsonElement line)
    {
        var root = Members(line, "", "time", "weight", "versions");
        var time = Required(root, "", "time");
        if (time.ValueKind != JsonValueKind.Number || !time.TryGetDouble(out var seconds) || !(Math.Abs(seconds) <= 1e11))
        {
            throw Wrong("time", time, "seconds since any fixed instant, a number");
        }

        if (WholeNumber(Required(root, "", "weight")) is not ({ } weight and >= 0 and <= 100))
        {
            throw Wrong("weight", root["weight"], "percent of the requests, a whole number from 0 to 100");
        }

        var versions = Members(Required(root, "", "versions"), "versions", "stable", "canary");
        return new(TimeSpan.FromSeconds(seconds), (int)weight, Version(versions, "stable"), Version(versions, "canary"));
    }

    private JsonDocument Parse(string line)
    {
        try
        {
            return JsonDocument.Parse(line, Strict);
        }
        catch (JsonException error)
        {
            throw Error($"it is not JSON with each field once, at byte {(error.BytePositionInLine ?? 0) + 1}");
        }
    }

    private Dictionary<string, VersionCounts>? Version(Dictionary<string, JsonElement> versions, string name)
    {
        if (!versions.TryGetValue(name, out var version) || version.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        var path = $"versions.{name}";
        if (version.ValueKind != JsonValueKind.Object || !version.TryGetProperty("pods", out var pods))
        {
            return new() { [""] = Counts(version, path) };
        }

        Members(version, path, "pods");
        if (pods.ValueKind != JsonValueKind.Object)
        {
            throw Wrong($"{path}.pods", pods, "an object with the counts of each pod");
        }

        return pods.EnumerateObject().ToDictionary(pod => pod.Name, pod => Counts(pod.Value, $"{path}.pods.{pod.Name}"));
    }

    private VersionCounts Counts(JsonElement element, string path)
    {
        var fields = Members(element, path, "requests", "failures", "latency");
        var bounds = fields.TryGetValue("latency", out var latency) ? SortedBounds(latency, $"{path}.latency") : [];
        _bounds ??= bounds;
        if (!bounds.SequenceEqual(_bounds))
        {
            throw Error($"{path} has the latency bounds [{string.Join(", ", bounds)}], and counts before it [{string.Join(", ", _bounds)}]");
        }

        var counts = new VersionCounts(
            Count(fields, path, "requests"),
            Count(fields, path, "failures"),
            [.. bounds.Select(bound => Count(latency.GetProperty(bound), $"{path}.latency.{bound}"))]);
        return counts.Problem() is { } problem ? throw Error($"{path} cannot be: {problem}") : counts;
    }

    private List<string> SortedBounds(JsonElement latency, string path)
    {
        if (latency.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(path, latency, "an object with, for each bound, the requests that took no longer");
        }

        var bounds = latency.EnumerateObject().Select(bound => bound.Name).ToList();
        foreach (var bound in bounds)
        {
            if (!double.TryParse(bound, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number) || number <= 0)
            {
                throw Error($"{path} has the bound '{bound}'; it must be a number above 0 (+Inf is left out: it is requests)");
            }
        }

        return [.. bounds.OrderBy(bound => double.Parse(bound, CultureInfo.InvariantCulture))];
    }

    private Dictionary<string, JsonElement> Members(JsonElement element, string path, params string[] known)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(path.Length == 0 ? "it" : path, element, $"an object with {string.Join(", ", known)}");
        }

        var members = element.EnumerateObject().ToDictionary(member => member.Name, member => member.Value);
        return members.Keys.FirstOrDefault(name => !known.Contains(name)) is { } unknown
            ? throw Error($"the field {Path(path, unknown)} is unknown; known are {string.Join(", ", known)}")
            : members;
    }

    private long Count(Dictionary<string, JsonElement> members, string path, string name) => Count(Required(members, path, name), Path(path, name));

    private long Count(JsonElement element, string path) =>
        WholeNumber(element) is { } count && count >= 0
            ? count
            : throw Wrong(path, element, "a whole number from 0 to 1e15");

    // Prometheus' values are floating point: 950.0 and 1e3 are whole numbers, too. Up to 1e15 they are exact, and sums over pods stay so.
    private static long? WholeNumber(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var number) && Math.Abs(number) <= 1e15 && number == Math.Floor(number) ? (long)number : null;

    private JsonElement Required(Dictionary<string, JsonElement> members, string path, string name) =>
        members.TryGetValue(name, out var element) ? element : throw Error($"the field {Path(path, name)} is missing");

    private static string Path(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private UserException Wrong(string path, JsonElement found, string right)
    {
        var text = found.GetRawText();
        return Error($"{path} is {(text.Length > 40 ? text[..40] + "..." : text)}; it must be {right}");
    }

    private UserException Error(string what) => new(what, $"line {_line} of standard input", "Put the line right; ./gopherctl judge --help shows one.");
}
