using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.RegularExpressions;

namespace GopherMesh.DataPlane.Reading;

/// <summary>Reads an HTTPMatchRequest.</summary>
internal static class HttpMatchReader
{
    public static HttpMatch Read(FieldCursor match, ObjectName owner) => new()
    {
        Name = match.Text("name") ?? "",
        Uri = match.Read("uri", ReadString),
        IgnoreUriCase = match.Flag("ignoreUriCase") ?? false,
        Scheme = match.Read("scheme", ReadString),
        Method = match.Read("method", ReadString),
        Authority = match.Read("authority", ReadString),
        Headers = ReadHeaders(match, "headers"),
        WithoutHeaders = ReadHeaders(match, "withoutHeaders"),
        QueryParams = match.Map("queryParams", ReadString),
        Port = match.WholeNumber("port", 1, 65535),
        SourceLabels = match.TextMap("sourceLabels"),
        SourceNamespace = match.Text("sourceNamespace"),
        Gateways = [.. match.Texts("gateways").Select(gateway => HostNames.QualifyGateway(gateway, owner))],
    };

    private static Dictionary<string, StringMatch> ReadHeaders(FieldCursor match, string field)
    {
        var headers = match.Map(field, ReadString);
        foreach (var name in headers.Keys)
        {
            if (name.StartsWith('@') || name.StartsWith(':'))
            {
                match.Refuse($"{field}.{name}", "the rehearsal matches the request's own headers; pseudo headers have fields of their own");
            }
        }

        return headers;
    }

    private static StringMatch ReadString(FieldCursor match)
    {
        var (exact, prefix, regex) = (match.Text("exact"), match.Text("prefix"), match.Text("regex"));
        if ((exact is null ? 0 : 1) + (prefix is null ? 0 : 1) + (regex is null ? 0 : 1) > 1)
        {
            match.Refuse("", "must have one of exact, prefix and regex");
        }

        return exact is not null ? new(StringMatchKind.Exact, exact)
            : prefix is not null ? new(StringMatchKind.Prefix, prefix)
            : regex is null or "*" ? StringMatch.Present
            : new(StringMatchKind.Regex, CheckedRegex(match, regex));
    }

    private static string CheckedRegex(FieldCursor match, string regex)
    {
        if (Re2.TryCompile(regex, wholeText: true, out var problem) is null)
        {
            match.Refuse("regex", problem);
        }

        return regex;
    }
}
