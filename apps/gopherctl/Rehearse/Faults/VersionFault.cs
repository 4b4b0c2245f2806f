using System.Globalization;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Rehearse.Faults;

/// <summary>How a version goes wrong.</summary>
internal enum FaultKind
{
    /// <summary>It answers 500.</summary>
    Errors,

    /// <summary>It answers late.</summary>
    Slow,

    /// <summary>It never answers.</summary>
    Hang,

    /// <summary>Its process ends while it has a request.</summary>
    Crash,
}

/// <summary>What is wrong with a version of a rehearsal.</summary>
/// <param name="Kind">How it goes wrong.</param>
/// <param name="Share">The share of its requests that it happens to, above 0, at most 1.</param>
/// <param name="Delay">How late it answers; zero unless it is slow.</param>
internal sealed partial record VersionFault(FaultKind Kind, double Share, TimeSpan Delay)
{
    private const string Remedy = "Use errors=5%, slow=200ms, hang or crash; hang=10% and crash=1% for a share of the requests.";

    /// <summary>Reads <c>errors=PERCENT%</c>, <c>slow=MILLISECONDSms</c>, <c>hang[=PERCENT%]</c> or <c>crash[=PERCENT%]</c>.</summary>
    /// <exception cref="UserException">It is none of them, or a number is out of range.</exception>
    public static VersionFault Parse(string text)
    {
        var match = Grammar().Match(text);
        if (!match.Success)
        {
            throw Wrong(text);
        }

        var kind = Enum.Parse<FaultKind>(match.Groups["kind"].Value, ignoreCase: true);
        var value = match.Groups["value"] is { Success: true } given ? double.Parse(given.Value, CultureInfo.InvariantCulture) : (double?)null;
        var isDelay = match.Groups["unit"].Value == "ms";
        return (kind, value, isDelay) switch
        {
            (FaultKind.Slow, > 0 and <= 60_000, true) => new(kind, 1, TimeSpan.FromMilliseconds(value.Value)),
            (FaultKind.Errors or FaultKind.Hang or FaultKind.Crash, > 0 and <= 100, false) => new(kind, value.Value / 100, TimeSpan.Zero),
            (FaultKind.Hang or FaultKind.Crash, null, _) => new(kind, 1, TimeSpan.Zero),
            _ => throw Wrong(text),
        };
    }

    private static UserException Wrong(string text) => new($"'{text}' is not a fault", "--fault", Remedy);

    [GeneratedRegex(@"\A(?<kind>errors|slow|hang|crash)(=(?<value>[0-9]{1,6}(\.[0-9]{1,3})?)(?<unit>%|ms))?\z")]
    private static partial Regex Grammar();
}
