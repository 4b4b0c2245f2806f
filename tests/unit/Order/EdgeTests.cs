using GopherMesh.Tests.Unit.Eks;
using Declared = GopherMesh.Gopherctl.Program.Evaluation.DeclaredResource;

namespace GopherMesh.Tests.Unit.Order;

/// <summary>
/// A table lists every edge that the program names, with its reason. So nobody removes one by accident, even where a second path keeps
/// the order until somebody removes that one too.
/// </summary>
public class EdgeTests(EdgeTests.EverythingFixture fixture) : IClassFixture<EdgeTests.EverythingFixture>
{
    private static readonly IReadOnlyList<EdgeGroup> Table =
        [.. CloudEdges.All, .. MeshEdges.All, .. SecurityEdges.All, .. GopherEdges.All];

    private readonly IReadOnlyList<Declared> _resources = fixture.Resources;

    public static IEnumerable<object[]> Edges =>
        from edges in Table
        from edge in edges.Edges
        select new object[] { edge.From, edge.To, edges.HeldElsewhere is not null };

    [Theory]
    [MemberData(nameof(Edges))]
    public void The_program_names_the_edge(string dependent, string needed, bool isHeldElsewhere)
    {
        Assert.Contains(Resource(needed).Urn, Resource(dependent).ExplicitDependsOn);

        // Without it an order that matters breaks, or the table says why it does not.
        var broken = RequiredOrders.Broken(Without(Resource(dependent), Resource(needed))).Except(RequiredOrders.Broken(_resources));
        Assert.Equal(isHeldElsewhere, !broken.Any());
    }

    [Fact]
    public void The_program_names_no_edge_without_a_reason()
    {
        var byUrn = _resources.ToDictionary(resource => resource.Urn);
        var named = from resource in _resources
                    from urn in resource.ExplicitDependsOn
                    select new Edge(Edge.KeyOf(resource), Edge.KeyOf(byUrn[urn]));

        var withoutReason = named.Except(Table.SelectMany(group => group.Edges)).ToList();
        Assert.True(withoutReason.Count == 0, $"give each a row in the tables of this folder: {string.Join(", ", withoutReason)}");
        Assert.All(Table, group => Assert.NotEmpty(group.Reason));
    }

    [Fact]
    public void Every_order_that_matters_holds() => Assert.Equal([], RequiredOrders.Broken(_resources));

    private Declared Resource(string key) => Assert.Single(_resources, resource => Edge.KeyOf(resource) == key);

    // Without the edge in any form, even where an input comes from the other resource: the option must not rely on that input.
    private List<Declared> Without(Declared dependent, Declared needed) =>
    [
        .. _resources.Select(resource => resource == dependent
            ? resource with { DependsOn = [.. resource.DependsOn.Except([needed.Urn])] }
            : resource),
    ];

    /// <summary>The dev stack with all that its settings can add.</summary>
    public sealed class EverythingFixture : IAsyncLifetime
    {
        internal IReadOnlyList<Declared> Resources { get; private set; } = [];

        public async Task InitializeAsync() =>
            Resources = (await DevStack.DeclareAsync(
                "canaryVersion=v2", "observability=true", "metricsStorageGiB=8", "accessLogs=true", "istioCni=true",
                "natGateways=perZone")).Resources;

        public Task DisposeAsync() => Task.CompletedTask;
    }
}
