using System.Text.RegularExpressions;

namespace GopherMesh.Infra.Settings.Rules;

/// <summary>Values of AWS tags.</summary>
internal static partial class TagValue
{
    /// <summary>
    /// What every AWS service takes (AWS tagging guide), less the comma and equals sign that would end the pair in the annotation by which
    /// the load balancer gets its tags.
    /// </summary>
    public static string? Rule(string text) =>
        text.Length is > 0 and <= 256 && Pattern().IsMatch(text) && text == text.Trim()
            ? null
            : "use 1 to 256 letters, digits, spaces and . : / + - @ _";

    [GeneratedRegex(@"\A[A-Za-z0-9 .:/+@_-]+\z")]
    private static partial Regex Pattern();
}
