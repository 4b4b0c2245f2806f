namespace GopherMesh.Tests.Unit.Program;

/// <summary>Which resource exists before which other, at every apply; deletions have the opposite order.</summary>
public class OrderTests
{
    private const string Route = "kubernetes:networking.istio.io/v1:VirtualService gopher-distributor";

    public static TheoryData<string, string> Edges => new()
    {
        { "kubernetes:helm.sh/v3:Release istio-base", "kubernetes:core/v1:Namespace istio-system" },
        { "kubernetes:helm.sh/v3:Release istiod", "kubernetes:helm.sh/v3:Release istio-base" },
        { "kubernetes:helm.sh/v3:Release istio-ingressgateway", "kubernetes:helm.sh/v3:Release istiod" },
        { "kubernetes:core/v1:Namespace gophers", "kubernetes:helm.sh/v3:Release istio-ingressgateway" },
        { "kubernetes:apps/v1:Deployment gopher-distributor-v1", "kubernetes:core/v1:ServiceAccount gopher-distributor" },
        { "kubernetes:apps/v1:Deployment gopher-distributor-v1", "kubernetes:networking.istio.io/v1:DestinationRule gopher-distributor-v1" },
        { "kubernetes:apps/v1:Deployment gopher-distributor-v2", "kubernetes:networking.istio.io/v1:DestinationRule gopher-distributor-v2" },
        { Route, "kubernetes:networking.istio.io/v1:DestinationRule gopher-distributor-v1" },
        { Route, "kubernetes:networking.istio.io/v1:DestinationRule gopher-distributor-v2" },
        { Route, "kubernetes:apps/v1:Deployment gopher-distributor-v1" },
        { Route, "kubernetes:apps/v1:Deployment gopher-distributor-v2" },
        { Route, "kubernetes:core/v1:Service gopher-distributor" },
        { "kubernetes:apps/v1:Deployment gopher-requester", "kubernetes:core/v1:ServiceAccount gopher-requester" },
        { "kubernetes:apps/v1:Deployment gopher-requester", "kubernetes:networking.istio.io/v1:DestinationRule gopher-requester" },
        { "kubernetes:networking.istio.io/v1:VirtualService gopher-requester", "kubernetes:apps/v1:Deployment gopher-requester" },
        { "kubernetes:networking.istio.io/v1:VirtualService gopher-requester", "kubernetes:networking.istio.io/v1:Gateway gopher-gateway" },
    };

    private static Task<StackUnderTest> DarkLaunch() => StackUnderTest.DeclareAsync(StackFiles.Local(("canaryVersion", "v2")));

    [Theory]
    [MemberData(nameof(Edges))]
    public async Task Comes_after(string later, string earlier)
    {
        var resource = (await DarkLaunch()).Resources.Single(resource => resource.Key == later);
        Assert.Contains(earlier, resource.DependsOn.Select(dependency => dependency.Key));
    }

    [Fact]
    public async Task Whatever_lives_in_a_namespace_is_deleted_before_it()
    {
        var stack = await DarkLaunch();
        Assert.All(
            stack.Resources.Where(resource => (string?)resource.At("metadata.namespace") == "gophers"),
            resource => Assert.Contains("kubernetes:core/v1:Namespace gophers", resource.DependsOn.Select(dependency => dependency.Key)));
    }

    [Fact]
    public async Task A_versions_objects_depend_on_no_other_version()
    {
        var stack = await DarkLaunch();
        foreach (var resource in stack.Resources.Where(resource => resource.Name == "gopher-distributor-v1"))
        {
            Assert.DoesNotContain("gopher-distributor-v2", Before(resource).Select(dependency => dependency.Name));
        }
    }

    [Fact]
    public async Task Nothing_that_a_route_needs_depends_on_a_route()
    {
        var stack = await DarkLaunch();
        Assert.All(stack.Resources, resource => Assert.DoesNotContain("VirtualService", string.Join(' ', Before(resource).Select(dependency => dependency.Type)), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_object_belongs_to_a_component()
    {
        var stack = await DarkLaunch();
        string[] roots =
        [
            "gopher-mesh:gophers:MeshService gopher-distributor", "gopher-mesh:gophers:MeshService gopher-requester", "gopher-mesh:mesh:Istio istio",
            "gopher-mesh:routing:Gateway gopher-gateway", "gopher-mesh:security:Security security", "kubernetes:core/v1:Namespace gophers", "pulumi:providers:kubernetes cluster",
        ];
        Assert.Equal(roots, stack.Resources.Where(resource => resource.Parent is null).Select(resource => resource.Key).Order(StringComparer.Ordinal));
        Assert.All(
            stack.Resources.Where(resource => resource.Name.StartsWith("gopher-distributor-", StringComparison.Ordinal) && resource.Type.StartsWith("kubernetes", StringComparison.Ordinal)),
            resource => Assert.Equal($"gopher-mesh:gophers:ServiceVersion {resource.Name}", resource.Parent?.Key));
    }

    private static IEnumerable<DeclaredResource> Before(DeclaredResource resource) =>
        resource.DependsOn.SelectMany(dependency => Before(dependency).Prepend(dependency)).Distinct();
}
