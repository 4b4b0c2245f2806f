using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Render;
using GopherMesh.Tests.Rehearsal.Rehearse;

namespace GopherMesh.Tests.Rehearsal.Program;

[Collection(LiveTests.Name)]
public sealed class ProgramEvaluatorTests
{
    public static TheoryData<string> CommittedStacks => ["dev", "local"];

    [Theory]
    [MemberData(nameof(CommittedStacks))]
    public async Task The_same_stack_renders_to_the_same_bytes(string stack)
    {
        var first = RenderedFiles.Of(await EvaluateAsync(stack, "canaryVersion=v2"));

        Assert.Equal(first, RenderedFiles.Of(await EvaluateAsync(stack, "canaryVersion=v2")));
    }

    [Fact]
    public async Task A_versions_subset_comes_before_its_pods_and_these_before_the_route()
    {
        var order = KubernetesObjects.Plan(await EvaluateAsync("local", "canaryVersion=v2")).Select(planned => planned.Manifest.DisplayName).ToList();

        var (subset, pods, route) = (
            order.IndexOf("DestinationRule gophers/gopher-distributor-v2"),
            order.IndexOf("Deployment gophers/gopher-distributor-v2"),
            order.IndexOf("VirtualService gophers/gopher-distributor"));
        Assert.True(0 <= subset && subset < pods && pods < route, $"{subset}, {pods}, {route}");
    }

    [Fact]
    public async Task Between_two_weights_only_the_distributors_route_differs()
    {
        var before = RenderedFiles.Of(await EvaluateAsync("local", "canaryVersion=v2", "canaryWeight=10"));
        var after = RenderedFiles.Of(await EvaluateAsync("local", "canaryVersion=v2", "canaryWeight=20"));

        var changed = after.Where(file => before[file.Key] != file.Value).Select(file => file.Key).Where(path => path.StartsWith("manifests/", StringComparison.Ordinal));
        Assert.EndsWith("-virtualservice-gopher-distributor.yaml", Assert.Single(changed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parents_dependencies_and_providers_are_recorded()
    {
        var resources = (await EvaluateAsync("local")).Resources;
        var deployment = resources.Single(resource => resource.Type == "kubernetes:apps/v1:Deployment" && resource.Name == "gopher-distributor-v1");

        Assert.Contains(resources, resource => resource.Urn == deployment.Parent && resource.Type.StartsWith("gopher-mesh:", StringComparison.Ordinal));
        Assert.Contains(deployment.DependsOn, urn => urn.EndsWith("kubernetes:networking.istio.io/v1:DestinationRule::gopher-distributor-v1", StringComparison.Ordinal));
        Assert.Contains(resources, resource => resource.Urn == deployment.Provider && resource.Type == "pulumi:providers:kubernetes");
        Assert.Equal(resources.Count, resources.Select(resource => resource.Urn).Distinct().Count());
    }

    [Fact]
    public async Task Secrets_are_masked()
    {
        var dev = await EvaluateAsync("dev");

        Assert.Equal(DeclaredResource.Secret, dev.Outputs["kubeconfig"]?.GetValue<string>());
        Assert.DoesNotContain("rehearsal.invalid\",\"cluster", RenderedFiles.Of(dev)["resources.json"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_an_evaluation_stays_in_the_process()
    {
        await EvaluateAsync("local");

        Assert.Null(Environment.GetEnvironmentVariable("PULUMI_CONFIG"));
        Assert.Equal(0, Environment.ExitCode);
    }

    private static Task<Declaration> EvaluateAsync(string stack, params string[] settings) =>
        ProgramEvaluator.EvaluateAsync(EffectiveConfig.Read(RepositoryRoot.Find(), stack, settings));
}

public sealed class DependencyOrderTests
{
    [Fact]
    public void The_order_of_construction_stays_where_nothing_speaks_against_it() =>
        Assert.Equal(["a", "b", "c"], Order(Resource("a"), Resource("b"), Resource("c")));

    [Fact]
    public void What_is_needed_comes_first() =>
        Assert.Equal(["b", "a", "c"], Order(Resource("a", dependsOn: ["b"]), Resource("b"), Resource("c")));

    [Fact]
    public void A_dependency_on_a_component_is_one_on_all_that_it_groups() =>
        Assert.Equal(["group", "child", "a"], Order(Resource("a", dependsOn: ["group"]), Resource("group"), Resource("child", parent: "group")));

    [Fact]
    public void A_child_waits_for_what_its_parent_waits_for() =>
        Assert.Equal(["b", "group", "child"], Order(Resource("group", dependsOn: ["b"]), Resource("child", parent: "group"), Resource("b")));

    [Fact]
    public void Siblings_may_depend_on_each_other() =>
        Assert.Equal(["group", "two", "one"], Order(Resource("group"), Resource("one", parent: "group", dependsOn: ["two"]), Resource("two", parent: "group")));

    [Fact]
    public void The_provider_comes_before_its_resources() =>
        Assert.Equal(["p", "a"], Order(Resource("a", provider: "p"), Resource("p")));

    [Fact]
    public void A_circle_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => Order(Resource("a", dependsOn: ["b"]), Resource("b", dependsOn: ["a"])));

    [Fact]
    public void Needs_reach_through_other_resources()
    {
        var (a, b, c) = (Resource("a", dependsOn: ["b"]), Resource("b", dependsOn: ["c"]), Resource("c"));

        Assert.Equal(["b", "c"], new DependencyOrder([a, b, c]).Needs(a).Order());
    }

    private static IEnumerable<string> Order(params DeclaredResource[] resources) => new DependencyOrder(resources).Resources.Select(resource => resource.Name);

    private static DeclaredResource Resource(string name, string? parent = null, string? provider = null, params string[] dependsOn) =>
        new("test:index:Thing", name, name, parent, provider, dependsOn, IsRead: false, []);
}
