namespace GopherMesh.Tests.Unit.Security.Network;

/// <summary>One side of a connection.</summary>
/// <param name="Name">What the tables call it.</param>
/// <param name="Namespace">The pod's namespace; null for what is no pod, a node or a host outside of the cluster.</param>
/// <param name="Labels">The pod's labels.</param>
internal sealed record Endpoint(string Name, string? Namespace, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>The namespace's labels: the one that Kubernetes itself gives it, and no other.</summary>
    public IReadOnlyDictionary<string, string> NamespaceLabels =>
        Namespace is null ? NoLabels : Label(("kubernetes.io/metadata.name", Namespace));

    private static IReadOnlyDictionary<string, string> NoLabels { get; } = new Dictionary<string, string>();

    /// <summary>A pod.</summary>
    public static Endpoint Pod(string name, string @namespace, params (string Key, string Value)[] labels) =>
        new(name, @namespace, Label(labels));

    /// <summary>What no policy can select.</summary>
    public static Endpoint NoPod(string name) => new(name, null, NoLabels);

    private static Dictionary<string, string> Label(params (string Key, string Value)[] labels) =>
        labels.ToDictionary(label => label.Key, label => label.Value);
}
