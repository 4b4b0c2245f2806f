using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Rehearse;
using GopherMesh.Gopherctl.Render;
using GopherMesh.Gopherctl.Statistics;
using GopherMesh.Tests.Unit.Program;

namespace GopherMesh.Tests.Rehearsal.Rehearse;

/// <summary>
/// The program of docs/your-own-service.md, with the third service gopher-auditor, is rendered and rehearsed as the stack itself is. This
/// repository has no code of an auditor: its containers run gopher-distributor.
/// </summary>
[Collection(LiveTests.Name)]
public sealed class ThirdServiceTests
{
    private const string Auditor = "gopher-auditor";

    [Fact]
    public async Task Its_objects_are_rendered() => Assert.Equal(
        [
            $"authorizationpolicy-{Auditor}.yaml", $"deployment-{Auditor}-v1.yaml", $"deployment-{Auditor}-v2.yaml", $"destinationrule-{Auditor}-v1.yaml",
            $"destinationrule-{Auditor}-v2.yaml", $"networkpolicy-{Auditor}.yaml", $"poddisruptionbudget-{Auditor}-v1.yaml",
            $"poddisruptionbudget-{Auditor}-v2.yaml", $"service-{Auditor}.yaml", $"serviceaccount-{Auditor}.yaml", $"virtualservice-{Auditor}.yaml",
        ],
        RenderedFiles.Of(await DeclareAsync()).Keys
            .Where(file => file.Contains(Auditor, StringComparison.Ordinal))
            .Select(file => file[("manifests/000-".Length)..])
            .Order(StringComparer.Ordinal));

    [Fact]
    public async Task Its_pods_run_beside_the_others_and_the_distributors_split_is_judged()
    {
        await using var rehearsal = await RehearseAsync(await DeclareAsync());

        var result = await rehearsal.VerifyAsync(200, _ => { }, CancellationToken.None);

        Assert.Empty(result.Findings);
        Assert.Equal(4, rehearsal.Pods.Count(pod => pod.Name.StartsWith(Auditor, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Requests_to_it_are_answered_by_its_versions_in_the_declared_shares()
    {
        const int Requests = 400;
        await using var rehearsal = await RehearseAsync(await DeclareAsync(called: Auditor));
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });

        var answers = new List<string>();
        while (answers.Count < Requests)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, rehearsal.Gateway) { Headers = { Host = rehearsal.Host } };
            using var answer = await client.SendAsync(request);
            answers.Add(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
        }

        Assert.All(answers, answer => Assert.Contains($"{Auditor}-v", answer, StringComparison.Ordinal));
        var (low, high) = ShareTest.Acceptance(Requests, 0.1);
        Assert.InRange(answers.Count(answer => answer.Contains($"{Auditor}-v2-", StringComparison.Ordinal)), low, high);
    }

    private static async Task<MeshRehearsal> RehearseAsync(Declaration declaration)
    {
        var rehearsal = await MeshRehearsal.StartAsync(seed: 7, CancellationToken.None);
        (await rehearsal.DeclareAsync(declaration, CancellationToken.None)).OrThrow();
        return rehearsal;
    }

    private static async Task<Declaration> DeclareAsync(string called = "gopher-distributor")
    {
        var declared = await ProgramEvaluator.EvaluateAsync(
            EffectiveConfig.Read(RepositoryRoot.Find(), "local", ["canaryVersion=v2", "canaryWeight=50"]), _ => ThirdServiceProgram.Declare());
        return declared with { Resources = [.. declared.Resources.Select(resource => resource with { Inputs = Changed(resource.Inputs) })] };

        JsonObject Changed(JsonObject inputs) => JsonNode.Parse(inputs.ToJsonString()
            .Replace("registry.example.com/gopher-auditor:", "registry.example.com/gopher-distributor:", StringComparison.Ordinal)
            .Replace("http://gopher-distributor", $"http://{called}", StringComparison.Ordinal))!.AsObject();
    }
}
