using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Reading;

/// <summary>Completes names as Istio does (istio pilot/pkg/model/config.go, ResolveShortnameToFQDN; resolveGatewayName).</summary>
internal static class HostNames
{
    /// <summary>A name without a dot is a Service of the object's own namespace; wildcards and dotted names stay.</summary>
    public static string Qualify(string host, ObjectName owner) =>
        (host.Contains('.', StringComparison.Ordinal) || host.StartsWith('*') ? host : $"{host}.{owner.Namespace}.svc.cluster.local").ToLowerInvariant();

    /// <summary><c>mesh</c>, or <c>namespace/name</c>; <c>name.namespace</c> is the older way to write the latter.</summary>
    public static string QualifyGateway(string gateway, ObjectName owner)
    {
        if (gateway == VirtualService.Mesh || gateway.Contains('/', StringComparison.Ordinal))
        {
            return gateway;
        }

        var parts = gateway.Split('.');
        return parts.Length == 1 ? $"{owner.Namespace}/{gateway}" : $"{parts[1]}/{parts[0]}";
    }
}
