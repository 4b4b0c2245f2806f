using System.Text.RegularExpressions;

namespace GopherMesh.Infra.Settings;

/// <summary>Rules for names that Kubernetes, Istio or HTTP would refuse.</summary>
public static partial class NameRules
{
    /// <summary>The longest RFC 1123 label.</summary>
    public const int LongestLabel = 63;

    /// <summary>An RFC 1123 label of at most <paramref name="longest"/> characters, which is also Istio's grammar for a subset.</summary>
    public static Rule Label(int longest = LongestLabel) => text =>
        text.Length <= longest && LabelPattern().IsMatch(text)
            ? null
            : $"use at most {longest} lower-case letters, digits and hyphens, with a letter or digit at both ends";

    /// <summary>An RFC 1123 subdomain, as most kinds of Kubernetes have for a name: labels between dots.</summary>
    public static string? Subdomain(string text) => text.Split('.').Select(part => Label()(part)).FirstOrDefault(remedy => remedy is not null);

    /// <summary>A host as an Istio Gateway takes it: a DNS name, <c>*.</c> and a DNS name, or <c>*</c>.</summary>
    /// <remarks>Source: <c>Server.hosts</c> in Istio's gateway.proto.</remarks>
    public static string? Host(string text) =>
        text == "*" || (text.Length <= 253 && HostPattern().IsMatch(text))
            ? null
            : "use a lower-case DNS name such as gophers.example.com, *.example.com, or * for every host, without scheme or port";

    /// <summary>The name of a request header that may steer a request.</summary>
    /// <remarks>Istio requires lower case. The refused names have a meaning in HTTP, in Envoy or in tracing already.</remarks>
    public static string? RequestHeader(string text) =>
        text.Length <= LongestLabel && HeaderPattern().IsMatch(text) && !ReservedHeaderPattern().IsMatch(text)
            ? null
            : "use a lower-case header of your own, such as x-gopher-version";

    /// <summary>The name of a kubeconfig's context; tools make many kinds of names, but none with spaces.</summary>
    public static string? Context(string text) =>
        text.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter)) ? "use a name as kubectl config get-contexts shows it" : null;

    /// <summary>A namespace that the stack can own.</summary>
    public static string? Namespace(string text) => text switch
    {
        "default" or Namespaces.Istio or Namespaces.Observability => "use another name: the stack creates this namespace and deletes it at destroy",
        _ when text.StartsWith("kube-", StringComparison.Ordinal) => "use another name: kube- is reserved by Kubernetes",
        _ => Label()(text),
    };

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]*[a-z0-9])?\z")]
    private static partial Regex LabelPattern();

    [GeneratedRegex(@"\A(\*\.)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\z")]
    private static partial Regex HostPattern();

    [GeneratedRegex(@"\A[a-z0-9]+(-[a-z0-9]+)*\z")]
    private static partial Regex HeaderPattern();

    [GeneratedRegex(@"\A(host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|via|forwarded|cookie|authorization
        |content-.*|proxy-.*|accept.*|if-.*|sec-.*|x-forwarded-.*|x-envoy-.*|x-istio-.*|x-request-id|x-b3-.*|b3|traceparent|tracestate|baggage)\z",
        RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex ReservedHeaderPattern();
}

/// <summary>The namespaces that the stack creates beside the services' own, and that no service may live in.</summary>
public static class Namespaces
{
    /// <summary>Everything that is Istio's own.</summary>
    public const string Istio = "istio-system";

    /// <summary>Prometheus, Grafana, Kiali, Jaeger and kube-state-metrics.</summary>
    public const string Observability = "observability";
}

/// <summary>The grammar of container image references.</summary>
/// <remarks>Source: <c>reference/reference.go</c> and <c>regexp.go</c> of the distribution project (github.com/distribution/reference).</remarks>
public static partial class ImageReference
{
    /// <summary>
    /// A reference with a tag or a digest. Without either, or with the tag <c>latest</c>, the same text would mean other bits tomorrow:
    /// pods of one Deployment could differ, and going back would not be possible.
    /// </summary>
    public static string? Rule(string text) => Grammar().Match(text) switch
    {
        { Success: false } => "use an image reference such as docker.io/library/gopher-distributor:1.0.0 (lower-case repository, then a tag or digest)",
        { } match when match.Groups["repository"].Length > 255 => "use a repository of at most 255 characters",
        { } match when match.Groups["digest"].Success => null,
        { } match when match.Groups["tag"].Value is "" or "latest" => "name the image by a tag other than latest, or by its digest",
        _ => null,
    };

    [GeneratedRegex("""
        \A(?<repository>
           ((localhost | [a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])? ((\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)+ | (?=:[0-9]+/))) (:[0-9]{1,5})? /)?
           [a-z0-9]+ ((\.|_|__|-+)[a-z0-9]+)* (/ [a-z0-9]+ ((\.|_|__|-+)[a-z0-9]+)*)*)
        (:(?<tag> [A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?
        (@(?<digest> sha256:[0-9a-f]{64} | sha512:[0-9a-f]{128}))?\z
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture)]
    private static partial Regex Grammar();
}
