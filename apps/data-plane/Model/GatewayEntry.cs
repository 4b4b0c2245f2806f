
namespace GopherMesh.DataPlane.Model;

/// <summary>Where a caller from outside gets an answer: a port of the declared Gateways, and a host name that they serve there.</summary>
/// <param name="Port">The port that the Gateway declares.</param>
/// <param name="Host">A name that its first host matches.</param>
public sealed record GatewayEntry(int Port, string Host)
{
    /// <summary>Stands for any name where the Gateway takes every one.</summary>
    private const string Any = "rehearsal.localhost";

    /// <summary>
    /// The lowest port that answers instead of redirecting to HTTPS: behind a load balancer that ends TLS, that is where its callers are
    /// sent on from. Its first host: <c>*</c> and <c>*.DOMAIN</c> become a name that they match.
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
