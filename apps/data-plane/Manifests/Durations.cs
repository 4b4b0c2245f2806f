using System.Globalization;
using System.Text.RegularExpressions;

namespace GopherMesh.DataPlane.Manifests;

/// <summary>Durations as Istio's resources write them: Go's syntax (time.ParseDuration) without a sign.</summary>
internal static partial class Durations
{
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text == "0")
        {
            return true;
        }

        if (!Syntax().IsMatch(text))
        {
            return false;
        }

        foreach (var part in Part().EnumerateMatches(text))
        {
            duration += ParsePart(text.AsSpan(part.Index, part.Length));
        }

        return true;
    }

    private static TimeSpan ParsePart(ReadOnlySpan<char> part)
    {
        var unit = part[part.LastIndexOfAnyInRange('0', '9')..].TrimStart("0123456789.");
        var number = double.Parse(part[..^unit.Length], CultureInfo.InvariantCulture);
        return unit switch
        {
            "h" => TimeSpan.FromHours(number),
            "m" => TimeSpan.FromMinutes(number),
            "s" => TimeSpan.FromSeconds(number),
            "ms" => TimeSpan.FromMilliseconds(number),
            "us" or "µs" => TimeSpan.FromMicroseconds(number),
            _ => TimeSpan.FromMicroseconds(number / 1000),
        };
    }

    [GeneratedRegex(@"\A(?:[0-9]+(?:\.[0-9]*)?(?:h|ms|m|s|us|µs|ns))+\z")]
    private static partial Regex Syntax();

    [GeneratedRegex(@"[0-9]+(?:\.[0-9]*)?(?:h|ms|m|s|us|µs|ns)")]
    private static partial Regex Part();
}
