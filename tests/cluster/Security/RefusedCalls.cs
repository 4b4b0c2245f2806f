using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.Security;

/// <summary>Nobody but the gateway reaches the requester, and nobody but the requester the distributor.</summary>
[Collection(nameof(OneMesh))]
public sealed class RefusedCalls(Mesh mesh, UnauthorizedCallers callers) : IClassFixture<UnauthorizedCallers>
{
    [ClusterFact]
    public async Task The_way_from_the_gateway_over_the_requester_to_the_distributor_is_open()
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        Assert.Contains("Request >> Gopher Version", await client.GetStringAsync(mesh.Gateway));
    }

    [ClusterFact]
    public async Task A_pod_outside_the_mesh_reaches_what_is_outside() =>
        Assert.Contains("Request >> Gopher Version", await callers.AskAsync(UnauthorizedCallers.Outside, "to-open"));

    [ClusterTheory]
    [InlineData("gopher-requester")]
    [InlineData("gopher-distributor")]
    public async Task Plain_text_from_outside_the_mesh_is_refused_before_it_is_read(string service)
    {
        var answer = await callers.AskAsync(UnauthorizedCallers.Outside, $"to-{service}");

        Report.Line($"plain text from outside the mesh to {service}: {answer.Trim()}");
        Assert.Contains("gopher-distributor closed the connection", answer);
    }

    [ClusterTheory]
    [InlineData("gopher-requester")]
    [InlineData("gopher-distributor")]
    public async Task Another_identity_of_the_mesh_is_forbidden(string service)
    {
        var answer = await callers.AskAsync(UnauthorizedCallers.Elsewhere, $"to-{service}");

        Report.Line($"another identity of the mesh to {service}: {answer.Trim()}");
        Assert.Contains("gopher-distributor answered 403", answer);
    }

    [ClusterFact]
    public async Task A_gophers_proxy_lets_nothing_out_that_it_was_not_told_of()
    {
        var answer = await callers.AskAsync(mesh.Namespace, "to-open");

        Report.Line($"from the gophers' namespace to another: {answer.Trim()}");
        Assert.Contains("gopher-distributor answered 502", answer);
    }

    [ClusterFact]
    public async Task Nothing_leaves_the_mesh_to_an_address_that_is_not_in_its_registry()
    {
        var refused = await callers.AskAsync(UnauthorizedCallers.Elsewhere, "to-address");

        Report.Line($"from the mesh to an address: {refused.Trim()}");
        Assert.Contains("gopher-distributor", refused);
        Assert.DoesNotContain("Gopher Version", refused);
        Assert.Contains("Request >> Gopher Version", await callers.AskAsync(UnauthorizedCallers.Outside, "to-address"));
    }
}
