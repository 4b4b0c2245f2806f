using System.Text.RegularExpressions;

namespace GopherMesh.DataPlane.Manifests;

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
