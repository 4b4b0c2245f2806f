namespace GopherMesh.Tests.Unit.Order;

/// <summary>What protects the gophers, and what of it their pods are told to depend on.</summary>
internal static class SecurityEdges
{
    private const string Home = "Namespace gophers";
    private const string Closed = "AuthorizationPolicy allow-nothing";

    private static readonly string[] Pods = ["Deployment gopher-distributor-v1", "Deployment gopher-distributor-v2", "Deployment gopher-requester"];
    private static readonly string[] Allowed = ["AuthorizationPolicy gopher-distributor", "AuthorizationPolicy gopher-requester"];

    private static readonly string[] Policies =
        ["NetworkPolicy default-deny", "NetworkPolicy proxies", "NetworkPolicy gopher-distributor", "NetworkPolicy gopher-requester", "Sidecar default"];

    public static IReadOnlyList<EdgeGroup> All { get; } =
    [
        new("Release istio-ingressgateway", "Its kind is Istio's, and istiod checks it.", "PeerAuthentication default"),
        new(Home, "There is no object without its namespace, and a deleted one takes them in an order of its own.", [.. Allowed, .. Policies]),
        new(Home, "As above.", Closed) { HeldElsewhere = "It comes after the others, which are in the namespace, too." },
        .. Allowed.Select(to => new EdgeGroup(to, "It must not refuse what the others are about to allow, nor still allow.", Closed)),
        .. Policies.Append("PeerAuthentication default").Append(Closed)
            .Select(to => new EdgeGroup(to, "No pod runs, at its start or its end, without what protects it.", Pods)),
        .. Allowed.Select(to => new EdgeGroup(to, "No pod runs without those that may call it.", Pods)
        {
            HeldElsewhere = "The policy that allows nothing comes after it; the pods say what they need without counting on that.",
        }),
    ];
}
