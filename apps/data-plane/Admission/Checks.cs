using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.RegularExpressions;

namespace GopherMesh.DataPlane.Admission;

/// <summary>Checks that several rules use: names, hosts, durations, numbers, expressions. Each returns what is wrong, or null.</summary>
internal static partial class Checks
{
    public static bool IsLabel(string text) => text.Length <= 63 && Label().IsMatch(text);

    /// <summary>agent/validation.go, ValidateWildcardDomain.</summary>
    public static string? WildcardDomain(string? host)
    {
        if (Length(host) is { } length)
        {
            return length;
        }

        var parts = host!.Split('.', 2);
        return parts[0].Length > 63 || !WildcardLabel().IsMatch(parts[0]) ? $"\"{host}\" is not a host: its part \"{parts[0]}\" is invalid"
            : parts.Length > 1 ? Labels(host, parts[1])
            : null;
    }

    /// <summary>agent/validation.go, ValidateFQDN.</summary>
    public static string? Domain(string? host) => Length(host) ?? Labels(host!, host!);

    public static bool IsAddress(string host) => IPAddress.TryParse(host, out var address) && (address.ToString() == host || host.Contains(':', StringComparison.Ordinal));

    /// <summary>agent/validation.go, ValidateDuration; durations are what Go's time.ParseDuration takes.</summary>
    public static string? Duration(Field field)
    {
        if (field.Text is not { } text)
        {
            return field.Node is null ? null : "must be a duration in quotes, such as \"250ms\"";
        }

        return !Durations.TryParse(text, out var time) ? $"is \"{text}\"; must be a duration such as 250ms, 1.5s or 1m30s, of less than 292 years"
            : time < TimeSpan.FromMilliseconds(1) ? $"is \"{text}\"; must be at least 1ms"
            : time.Ticks % TimeSpan.TicksPerMillisecond != 0 ? $"is \"{text}\"; must be whole milliseconds"
            : null;
    }

    /// <summary>agent/validation.go, ValidatePort.</summary>
    public static string? Port(double? number) =>
        number is >= 1 and <= 65535 ? null : string.Create(CultureInfo.InvariantCulture, $"is {number}; must be from 1 to 65535");

    /// <summary>validation.go, ValidatePercent and validatePercentage.</summary>
    public static string? Percentage(double? number, bool isFine) =>
        number is null or (>= 0 and <= 100) && !(isFine && number is > 0 and < 0.0001) ? null
        : string.Create(CultureInfo.InvariantCulture, $"is {number}; must be {(isFine ? "0, or from 0.0001 to 100" : "from 0 to 100")}");

    /// <summary>validation.go, validateStringMatch and, where <paramref name="mayBeEmptyPrefix"/> is set, validateStringMatchRegexp alone.</summary>
    public static string? StringMatch(Field match, bool mayBeEmptyPrefix = false)
    {
        if (match.Object is not { } members)
        {
            return null;
        }

        return members.Count(member => member.Value is not null && member.Key is "exact" or "prefix" or "regex") > 1 ? "must have one of exact, prefix and regex"
            : !mayBeEmptyPrefix && match.TextOf("prefix") == "" ? "has an empty prefix"
            : match.TextOf("regex") is { } expression ? Expression(expression)
            : null;
    }

    /// <summary>validation.go, validateStringRegexp.</summary>
    public static string? Expression(string expression) =>
        expression.Length == 0 ? "has an empty regex"
        : Re2.TryCompile(expression, wholeText: true, out var problem, byIstio: true) is null ? problem
        : null;

    /// <summary>pkg/jwt/routing.go, ToRoutingClaim: <c>@request.auth.claims.NAME</c> or <c>@request.auth.claims[NAME]</c>.</summary>
    public static bool IsClaim(string name) => Claim().IsMatch(name);

    /// <summary>agent/validation.go, ValidateIPSubnet.</summary>
    public static string? Subnet(Field field) =>
        field.Text is not { } text || IsAddress(text) || (text.Contains('/', StringComparison.Ordinal) && IPNetwork.TryParse(text, out _)) ? null
        : $"\"{text}\" is no address and no CIDR block";

    /// <summary>labels/instance.go, Instance.Validate.</summary>
    public static string? LabelEntry(Field entry) =>
        !TagKey().IsMatch(entry.Key) || entry.Key.Split('/')[^1].Length > 63 ? $"\"{entry.Key}\" is not the key of a label"
        : entry.Text is { } value && !TagValue().IsMatch(value) ? $"\"{value}\" is not the value of a label"
        : null;

    /// <summary>validation.go, validateSubsetName.</summary>
    public static string? SubsetName(string? name) =>
        string.IsNullOrEmpty(name) ? "a subset needs a name" : IsLabel(name) ? null : $"\"{name}\" is not the name of a subset";

    /// <summary>validation.go, validateExportTo; pkg/config/visibility.</summary>
    public static string? ExportTo(Field field)
    {
        if (field.Node is not JsonArray { Count: > 0 } items)
        {
            return null;
        }

        // . is the object's own namespace.
        var own = new Field("", "", (items.Root as JsonObject)?["metadata"], null).TextOf("namespace") ?? "default";
        var entries = items.Select(item => new Field("", "", item, null).Text ?? "").Select(entry => entry == "." ? own : entry).ToList();
        return entries.Find(entry => entry is not "*" && !IsLabel(entry)) is { } wrong ? $"\"{wrong}\" is none of ., * and a namespace"
            : entries.Distinct().Count() < entries.Count ? "names a namespace twice"
            : entries.Contains("*") && entries.Count > 1 ? "cannot have * and others"
            : null;
    }

    private static string? Length(string? name) =>
        string.IsNullOrEmpty(name) ? "is empty" : name.Length > 255 ? "is longer than 255 characters" : null;

    private static string? Labels(string host, string domain)
    {
        var labels = domain.Split('.');
        if (labels[^1].Length > 0 && long.TryParse(labels[^1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        {
            return $"\"{host}\" is not a host: its last part is a number";
        }

        for (var index = 0; index < labels.Length; index++)
        {
            // A dot at the end is allowed.
            if (index == labels.Length - 1 && labels[index].Length == 0)
            {
                return null;
            }

            if (!IsLabel(labels[index]))
            {
                return $"\"{host}\" is not a host: its part \"{labels[index]}\" is invalid";
            }
        }

        return null;
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?\z")]
    private static partial Regex Label();

    [GeneratedRegex(@"\A@request\.auth\.claims(\..+|\[.+\])\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Claim();

    [GeneratedRegex(@"\A(\*|(\*|\*-)?[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)\z")]
    private static partial Regex WildcardLabel();

    [GeneratedRegex(@"\A([a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)*/)?(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z")]
    private static partial Regex TagKey();

    [GeneratedRegex(@"\A((?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?\z")]
    private static partial Regex TagValue();
}

/// <summary>The statuses that Go's net/http has a text for, which are those that Istio takes in retryOn.</summary>
internal static class GoStatus
{
    private static readonly (int From, int To)[] Known =
    [
        (100, 103), (200, 208), (226, 226), (300, 305), (307, 308), (400, 418), (421, 426), (428, 429), (431, 431), (451, 451), (500, 508), (510, 511),
    ];

    public static bool IsKnown(int status) => Array.Exists(Known, range => status >= range.From && status <= range.To);
}
