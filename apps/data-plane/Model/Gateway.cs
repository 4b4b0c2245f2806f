using GopherMesh.DataPlane.Manifests;

namespace GopherMesh.DataPlane.Model;

/// <summary>An Istio Gateway. VirtualServices bind to it as <c>namespace/name</c>.</summary>
internal sealed record Gateway(ObjectName Name, IReadOnlyDictionary<string, string> Selector, IReadOnlyList<GatewayServer> Servers)
{
    /// <summary>Whether the pods of a gateway obey it; without a selector all do (push_context.go, mergeGateways).</summary>
    public bool Selects(PodIdentity pod) => Selector.All(label => pod.Labels.TryGetValue(label.Key, out var value) && value == label.Value);
}

/// <summary>One server of a Gateway: a plain HTTP port and the hosts it answers for.</summary>
/// <param name="Port">The port that clients use.</param>
/// <param name="Hosts">Hosts, each with the namespace whose VirtualServices it takes.</param>
/// <param name="HttpsRedirect">Answers every plain request with 301 to https.</param>
internal sealed record GatewayServer(int Port, IReadOnlyList<GatewayHost> Hosts, bool HttpsRedirect);

/// <summary>
/// <c>namespace/host</c> of a Gateway server; <c>*</c> or nothing is any namespace and <c>.</c> the Gateway's own
/// (istio pilot/pkg/model/gateway.go, sanitizeServerHostNamespace; pkg/config/host/names.go, NamesForNamespace).
/// </summary>
internal sealed record GatewayHost(string? Namespace, string Host)
{
    public bool Takes(string virtualServiceNamespace) => Namespace is null || Namespace == virtualServiceNamespace;
}

/// <summary>Where a caller from outside gets an answer: a port of the declared Gateways, and a host name that they serve there.</summary>
/// <param name="Port">The port that the Gateway declares.</param>
/// <param name="Host">A name that its first host matches.</param>
public sealed record GatewayEntry(int Port, string Host)
{
    /// <summary>The name to use where the Gateway accepts every name.</summary>
    private const string Any = "rehearsal.localhost";

    /// <summary>
    /// The lowest port that answers instead of redirecting to HTTPS: a load balancer that terminates TLS forwards requests to such a port.
    /// And that port's first host: <c>*</c> and <c>*.DOMAIN</c> become a name that they match.
    /// </summary>
    /// <param name="model">A model with at least one Gateway.</param>
    public static GatewayEntry Of(MeshModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var servers = model.Gateways.SelectMany(gateway => gateway.Servers).OrderBy(server => server.HttpsRedirect).ThenBy(server => server.Port);
        var server = servers.First();
        var host = server.Hosts[0].Host;
        return new GatewayEntry(server.Port, host == "*" ? Any : host.Replace("*.", "rehearsal.", StringComparison.Ordinal));
    }
}
