using System.Text.RegularExpressions;

namespace GopherMesh.DataPlane.Manifests;

/// <summary>Collects what the readers find, so that everything is reported at once.</summary>
public sealed class ReadingReport
{
    private readonly List<FieldProblem> _problems = [];
    private readonly HashSet<(string Manifest, string Path)> _denied = [];
    private readonly List<NotRehearsedField> _notRehearsed = [];

    /// <summary>The fields that are accepted but have no effect, in the order in which they were read.</summary>
    public IReadOnlyList<NotRehearsedField> NotRehearsed => _notRehearsed;

    /// <summary>Reports a field that cannot be obeyed.</summary>
    internal void Refuse(Manifest manifest, string path, string reason)
    {
        // If Istio denies a field too, only Istio's own message is reported.
        if (!_denied.Contains((manifest.DisplayName, path)))
        {
            _problems.Add(new(manifest.DisplayName, path, reason));
        }
    }

    /// <summary>Reports a field that is accepted but has no effect.</summary>
    internal void Note(string manifest, string path, string reason) => _notRehearsed.Add(new(manifest, path, reason));

    /// <summary>Reports what Istio would deny.</summary>
    internal void Deny(Manifest manifest, IEnumerable<FieldProblem> problems)
    {
        foreach (var problem in problems)
        {
            _problems.Add(problem);
            _denied.Add((manifest.DisplayName, problem.Path));
        }
    }

    /// <summary>Reports a field that no reader took: as not rehearsed, if it is on that list, or else as refused.</summary>
    internal void LeftOver(Manifest manifest, string path)
    {
        if (Manifests.NotRehearsed.Reason(manifest.Kind, path) is { } reason)
        {
            _notRehearsed.Add(new(manifest.DisplayName, path, reason));
        }
        else
        {
            Refuse(manifest, path, "not modelled by the rehearsal, or misspelt: correct or remove it, or prove it on a cluster");
        }
    }

    /// <summary>Ends the reading.</summary>
    /// <exception cref="UnmodelledFieldException">Anything was refused.</exception>
    public void ThrowIfRefused()
    {
        if (_problems.Count > 0)
        {
            throw new UnmodelledFieldException(_problems);
        }
    }
}

/// <summary>The declared routing holds fields that the rehearsal cannot obey. The message names every one: object, path, what to do.</summary>
public sealed class UnmodelledFieldException : Exception
{
    internal UnmodelledFieldException(IReadOnlyList<FieldProblem> problems)
        : base(string.Join(Environment.NewLine, problems))
    {
        Problems = problems;
    }

    /// <summary>One entry a field, in the order of the manifests.</summary>
    public IReadOnlyList<FieldProblem> Problems { get; }
}

/// <summary>A field that cannot be obeyed.</summary>
/// <param name="Manifest">Kind, namespace and name.</param>
/// <param name="Path">From the object's root, e.g. <c>spec.http[0].corsPolicy</c>.</param>
/// <param name="Reason">What is wrong and what to do.</param>
public sealed record FieldProblem(string Manifest, string Path, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Manifest}: {Path}: {Reason}";
}

/// <summary>A field that is accepted although the rehearsal cannot show its effect.</summary>
/// <param name="Manifest">Kind, namespace and name.</param>
/// <param name="Path">From the object's root.</param>
/// <param name="Reason">Why its effect cannot be seen here.</param>
public sealed record NotRehearsedField(string Manifest, string Path, string Reason);

/// <summary>
/// The one list of fields that are declared and not rehearsed: what they do cannot be seen in plain HTTP between processes on loopback.
/// Every other field is modelled, or refused by name.
/// </summary>
internal static partial class NotRehearsed
{
    private const string Metadata = "describes the object; routes do not depend on it";
    private const string Identity = "mutual TLS: the rehearsal speaks plain HTTP on loopback";
    private const string Confinement = "processes are not confined; prove it on a cluster";
    private const string Api = "there is no API server";
    private const string Connections = "shapes connections, which callers do not see";

    private static readonly (string Kind, string Path, string Reason)[] Fields =
    [
        ("*", "metadata.labels", Metadata),
        ("*", "metadata.annotations", Metadata),
        ("Service", "spec.type", "outside the cluster only the Gateway is called"),
        ("Service", "spec.ipFamilies", "loopback is IPv4 here"),
        ("Service", "spec.ipFamilyPolicy", "loopback is IPv4 here"),
        ("Deployment", "spec.revisionHistoryLimit", "the rehearsal keeps no history"),
        ("Deployment", "template.spec.securityContext", Confinement),
        ("Deployment", "containers[].securityContext", Confinement),
        ("Deployment", "containers[].resources", Confinement),
        ("Deployment", "template.spec.automountServiceAccountToken", Api),
        ("Deployment", "template.spec.enableServiceLinks", Api),
        ("Deployment", "template.spec.topologySpreadConstraints", "there is one node"),
        ("Deployment", "containers[].imagePullPolicy", "the built service runs, and nothing is pulled"),
        ("Gateway", "spec.servers[].name", "names Envoy's statistics"),
        ("Gateway", "spec.servers[].port.name", "names Envoy's statistics"),
        ("VirtualService", "spec.http[].match[].statPrefix", "names Envoy's statistics"),
        ("DestinationRule", "trafficPolicy.tls.mode", Identity),
        ("DestinationRule", "portLevelSettings[].tls.mode", Identity),
        ("DestinationRule", "connectionPool.tcp.tcpKeepalive", Connections),
        ("DestinationRule", "connectionPool.tcp.idleTimeout", Connections),
        ("DestinationRule", "connectionPool.tcp.maxConnectionDuration", Connections),
        ("DestinationRule", "connectionPool.http.idleTimeout", Connections),
        ("DestinationRule", "connectionPool.http.maxRequestsPerConnection", Connections),
    ];

    /// <summary>Why the effect of the field at <paramref name="path"/> cannot be shown; null if it is not on the list.</summary>
    public static string? Reason(string kind, string path)
    {
        var general = Indices().Replace(path, "[]");
        foreach (var field in Fields)
        {
            if ((field.Kind == "*" || field.Kind == kind) && (general == field.Path || general.EndsWith("." + field.Path, StringComparison.Ordinal)))
            {
                return field.Reason;
            }
        }

        return null;
    }

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex Indices();
}
