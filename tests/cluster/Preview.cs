using GopherMesh.Gopherctl.Statistics;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.StoryOfARollout;

namespace GopherMesh.Tests.Cluster;

/// <summary>A tester reaches a version by a header, whatever the weights.</summary>
[Collection(nameof(OneMesh))]
public sealed class Preview(Mesh mesh)
{
    private const string Header = "x-gopher-version";

    [ClusterFact]
    public async Task The_header_chooses_the_version_and_other_values_fall_through()
    {
        await mesh.ToAsync("canaryVersion=v2", "canaryWeight=0", $"previewHeader={Header}");

        Assert.All(await AskAsync("v2", 30), answer => Assert.Contains("Gopher Version 2", answer));
        Assert.All(await AskAsync("v1", 30), answer => Assert.Contains("Gopher Version 1", answer));
        Assert.All(await AskAsync("v9", 30), answer => Assert.Contains("Gopher Version 1", answer));
    }

    [ClusterFact]
    public async Task The_header_holds_against_a_weight_of_100()
    {
        await mesh.ToAsync("canaryVersion=v2", "canaryWeight=100", $"previewHeader={Header}");

        Assert.All(await AskAsync("v1", 30), answer => Assert.Contains("Gopher Version 1", answer));
        Assert.All(await AskAsync("", 30), answer => Assert.Contains("Gopher Version 2", answer));
    }

    [ClusterFact]
    public async Task A_previewed_request_is_never_copied()
    {
        await mesh.ToAsync("canaryVersion=v2", $"previewHeader={Header}");
        var before = await Receivers.SettledCountAsync(mesh.Namespace, "v2");

        await AskAsync("v1", 50);

        Assert.Equal(before, await Receivers.SettledCountAsync(mesh.Namespace, "v2"));
        await AskAsync("v2", 50);
        Assert.Equal(before + 50, await Receivers.SettledCountAsync(mesh.Namespace, "v2", atLeast: before + 50));
    }

    [ClusterFact]
    public async Task A_wrong_value_falls_through_to_the_weights()
    {
        await mesh.ToAsync("canaryVersion=v2", "canaryWeight=50", $"previewHeader={Header}");

        var answers = await AskAsync("v9", 200);

        // A correct split is refused once in 10,000 times.
        var (low, high) = ShareTest.Acceptance(answers.Count, 0.5);
        Assert.InRange(answers.Count(answer => answer.Contains("Gopher Version 2")), low, high);
    }

    [ClusterFact]
    public async Task A_wrong_value_is_copied_as_any_other_request_is()
    {
        await mesh.ToAsync("canaryVersion=v2", $"previewHeader={Header}");
        var before = await Receivers.SettledCountAsync(mesh.Namespace, "v2");

        Assert.All(await AskAsync("v9", 50), answer => Assert.Contains("Gopher Version 1", answer));

        Assert.Equal(before + 50, await Receivers.SettledCountAsync(mesh.Namespace, "v2", atLeast: before + 50));
    }

    private async Task<IReadOnlyList<string>> AskAsync(string version, int times)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        client.DefaultRequestHeaders.Add(Header, version);
        List<string> answers = [];
        for (var i = 0; i < times; i++)
        {
            answers.Add(await client.GetStringAsync(mesh.Gateway));
        }

        return answers;
    }
}
