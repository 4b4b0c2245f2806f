namespace GopherMesh.Tests.Unit.Order;

/// <summary>What the gophers and the routes to them are told to depend on.</summary>
internal static class GopherEdges
{
    private const string Home = "Namespace gophers";
    private const string V1 = "gopher-distributor-v1";
    private const string V2 = "gopher-distributor-v2";
    private const string ThePods = "The pods need it, too, and the route needs them; a route says by itself what it names.";

    public static IReadOnlyList<EdgeGroup> All { get; } =
    [
        new(Home, "There is no object without its namespace, and a deleted one takes them in an order of its own.",
            $"DestinationRule {V1}", $"DestinationRule {V2}", "DestinationRule gopher-requester", "Gateway gopher-gateway",
            $"PodDisruptionBudget {V1}", $"PodDisruptionBudget {V2}", "PodDisruptionBudget gopher-requester",
            "Service gopher-distributor", "Service gopher-requester", "ServiceAccount gopher-distributor", "ServiceAccount gopher-requester"),
        new(Home, "As above.", $"Deployment {V1}", $"Deployment {V2}", "Deployment gopher-requester", "VirtualService gopher-distributor", "VirtualService gopher-requester")
        {
            HeldElsewhere = "What it needs is in the namespace, too; the rule is the same for all that is in it.",
        },
        new("ServiceAccount gopher-distributor", "No pod is admitted without its account.", $"Deployment {V1}", $"Deployment {V2}"),
        new("ServiceAccount gopher-requester", "No pod is admitted without its account.", "Deployment gopher-requester"),
        new("Service gopher-distributor", "A pod's proxy knows a port's protocol from the Service.", $"Deployment {V1}", $"Deployment {V2}"),
        new("Service gopher-requester", "A pod's proxy knows a port's protocol from the Service.", "Deployment gopher-requester"),
        new($"DestinationRule {V1}", "Of a subset's pods the first already gets its policy.", $"Deployment {V1}"),
        new($"DestinationRule {V2}", "Of a subset's pods the first already gets its policy.", $"Deployment {V2}"),
        new("DestinationRule gopher-requester", "The first pod already gets its policy.", "Deployment gopher-requester"),
        new($"Deployment {V1}", "A route names only subsets that have pods.", "VirtualService gopher-distributor"),
        new($"Deployment {V2}", "A route names only subsets that have pods.", "VirtualService gopher-distributor"),
        new("Deployment gopher-requester", "A route names only what has pods.", "VirtualService gopher-requester"),
        new("Gateway gopher-gateway", "A route is bound to it.", "VirtualService gopher-requester"),
        .. new[] { $"DestinationRule {V1}", $"DestinationRule {V2}", "Service gopher-distributor" }
            .Select(to => new EdgeGroup(to, "A route names only what is there.", "VirtualService gopher-distributor") { HeldElsewhere = ThePods }),
        .. new[] { "DestinationRule gopher-requester", "Service gopher-requester" }
            .Select(to => new EdgeGroup(to, "A route names only what is there.", "VirtualService gopher-requester") { HeldElsewhere = ThePods }),
    ];
}
