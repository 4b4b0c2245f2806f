namespace GopherMesh.DataPlane.Routing;

/// <summary>
/// The names by which a sidecar's application may call a Service (istio httproute.go, GenerateAltVirtualHosts and
/// generateAltVirtualHostsForKubernetesService).
/// </summary>
internal static class ServiceDomains
{
    /// <param name="host"><c>name.namespace.svc.cluster.local</c>.</param>
    /// <param name="callerNamespace">The caller may leave out its own namespace.</param>
    public static IReadOnlyList<string> Of(string host, string callerNamespace)
    {
        var parts = host.Split('.', 3);
        var (name, ns) = (parts[0], parts[1]);
        IReadOnlyList<string> everywhere = [host, $"{host}.", $"{name}.{ns}.svc", $"{name}.{ns}"];
        return ns == callerNamespace ? [.. everywhere, name] : everywhere;
    }
}
