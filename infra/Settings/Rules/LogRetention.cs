using System.Globalization;
using GopherMesh.Infra.Settings.Parsing;

namespace GopherMesh.Infra.Settings.Rules;

/// <summary>How long CloudWatch can keep logs.</summary>
internal static class LogRetention
{
    // CloudWatch Logs API reference, PutRetentionPolicy.
    private static readonly int[] Days = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

    /// <summary>One of the numbers of days that CloudWatch takes.</summary>
    public static Parsed<int> Parse(string text)
    {
        var day = Array.Find(Days, day => day.ToString(CultureInfo.InvariantCulture) == text);
        return day != 0 ? day : new Problem($"use one of the numbers of days that CloudWatch takes: {string.Join(", ", Days)}");
    }
}
