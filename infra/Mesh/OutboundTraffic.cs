namespace GopherMesh.Infra.Mesh;

/// <summary>What proxies do with requests to hosts that they were not told of.</summary>
internal static class OutboundTraffic
{
    /// <summary>Refuses them: what is outside the mesh has to be declared by a ServiceEntry before anything reaches it.</summary>
    public const string RegistryOnly = "REGISTRY_ONLY";

    /// <summary>What istiod's values need for it, so that it holds in namespaces without a Sidecar, too.</summary>
    public static Dictionary<string, object> IstiodValues() => new()
    {
        ["meshConfig"] = new Dictionary<string, object> { ["outboundTrafficPolicy"] = new Dictionary<string, object> { ["mode"] = RegistryOnly } },
    };
}
