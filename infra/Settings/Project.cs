namespace GopherMesh.Infra.Settings;

/// <summary>The Pulumi project that the settings belong to.</summary>
public static class Project
{
    /// <summary>The project's name in Pulumi.yaml; also the namespace of its configuration keys.</summary>
    public const string Name = "gopher-mesh";
}

/// <summary>The namespaces that the stack creates beside the services' own, and that no service may live in.</summary>
public static class Namespaces
{
    /// <summary>Everything that is Istio's own.</summary>
    public const string Istio = "istio-system";

    /// <summary>Prometheus, Grafana, Kiali, Jaeger and kube-state-metrics.</summary>
    public const string Observability = "observability";
}
