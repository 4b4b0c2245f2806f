using System.Globalization;
using System.Text.RegularExpressions;

namespace GopherMesh.DataPlane.Manifests;

/// <summary>Durations as Istio's resources write them: Go's syntax (time.ParseDuration) without a minus.</summary>
public static partial class Durations
{
    /// <summary>Go's durations are nanoseconds in 64 bits.</summary>
    private const double Longest = long.MaxValue / 1e9;

    /// <summary>False for what Go does not accept, for instance more than 292 years.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(text);
        duration = TimeSpan.Zero;
        if (text == "0")
        {
            return true;
        }

        if (!Syntax().IsMatch(text))
        {
            return false;
        }

        var seconds = 0.0;
        foreach (var part in Part().EnumerateMatches(text))
        {
            seconds += SecondsOf(text.AsSpan(part.Index, part.Length));
        }

        if (seconds > Longest)
        {
            return false;
        }

        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    private static double SecondsOf(ReadOnlySpan<char> part)
    {
        var unit = part[part.LastIndexOfAnyInRange('0', '9')..].TrimStart("0123456789.");
        var number = double.Parse(part[..^unit.Length], CultureInfo.InvariantCulture);
        return unit switch
        {
            "h" => number * 3600,
            "m" => number * 60,
            "s" => number,
            "ms" => number / 1e3,
            "us" or "µs" => number / 1e6,
            _ => number / 1e9,
        };
    }

    [GeneratedRegex(@"\A\+?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:h|ms|m|s|us|µs|ns))+\z")]
    private static partial Regex Syntax();

    [GeneratedRegex(@"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:h|ms|m|s|us|µs|ns)")]
    private static partial Regex Part();
}
