using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Manifests;

namespace GopherMesh.Gopherctl.Rehearsal;

/// <summary>A host name that the declared Gateway answers to, for the requests of the rehearsal.</summary>
internal static class GatewayHost
{
    /// <summary>Stands for any name where the Gateway takes every one.</summary>
    private const string Any = "rehearsal.localhost";

    /// <summary>The first host of the first server: `*` and `*.DOMAIN` become a name that they match, a namespace before it is left out.</summary>
    public static string Of(IReadOnlyList<Manifest> manifests) => manifests
        .Where(manifest => manifest.Kind == "Gateway")
        .SelectMany(gateway => gateway.Body["spec"]?["servers"] as JsonArray ?? [])
        .SelectMany(server => server?["hosts"] as JsonArray ?? [])
        .Select(host => host!.GetValue<string>().Split('/')[^1])
        .Select(host => host == "*" ? Any : host.Replace("*.", "rehearsal.", StringComparison.Ordinal))
        .FirstOrDefault(Any);
}
