using System.Text.RegularExpressions;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.RegularExpressions;

namespace GopherMesh.DataPlane.Reading;

/// <summary>Reads redirect, directResponse and rewrite.</summary>
internal static partial class RouteActionReader
{
    private static readonly int[] RedirectCodes = [301, 302, 303, 307, 308];

    public static HttpRedirect ReadRedirect(FieldCursor redirect)
    {
        var code = redirect.WholeNumber("redirectCode", 0, 999) is { } written and not 0 ? written : 301;
        if (!RedirectCodes.Contains(code))
        {
            redirect.Refuse("redirectCode", $"is {code}; must be one of {string.Join(", ", RedirectCodes)}");
        }

        var derive = redirect.Choice("derivePort", new Dictionary<string, bool>
        {
            ["FROM_PROTOCOL_DEFAULT"] = false,
            ["FROM_REQUEST_PORT"] = true,
        });
        return new(
            redirect.Text("uri") ?? "",
            redirect.Text("prefixRewrite") ?? "",
            redirect.Text("authority") ?? "",
            redirect.WholeNumber("port", 1, 65535),
            derive ?? false,
            redirect.Text("scheme") ?? "",
            code);
    }

    public static DirectResponse ReadDirectResponse(FieldCursor response) => new(
        response.WholeNumber("status", 200, 599) ?? response.Missing("status", 200),
        response.Read("body", body => body.Text("string") ?? body.Missing("string", "")) ?? "");

    public static HttpRewrite ReadRewrite(FieldCursor rewrite)
    {
        var regex = rewrite.ReadValue("uriRegexRewrite", ReadRegex);
        return new(NullIfEmpty(rewrite.Text("uri")), NullIfEmpty(rewrite.Text("authority")), regex?.Match, regex?.Substitution);
    }

    private static (Regex? Match, string Substitution) ReadRegex(FieldCursor rewrite)
    {
        var expression = rewrite.RequiredText("match");
        var match = Re2.TryCompile(expression, wholeText: false, out var problem);
        if (match is null)
        {
            rewrite.Refuse("match", problem);
        }

        return (match, ToDotNet(rewrite.Text("rewrite") ?? ""));
    }

    /// <summary>RE2 writes a group as <c>\1</c> and a backslash as two, where .NET writes <c>${1}</c> and one.</summary>
    private static string ToDotNet(string rewrite) => Escape().Replace(
        rewrite.Replace("$", "$$", StringComparison.Ordinal), escape => escape.Value is @"\\" ? @"\" : $"${{{escape.Value[1]}}}");

    private static string? NullIfEmpty(string? text) => text is "" ? null : text;

    [GeneratedRegex(@"\\[\d\\]")]
    private static partial Regex Escape();
}
