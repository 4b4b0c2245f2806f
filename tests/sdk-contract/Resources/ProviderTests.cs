using GopherMesh.Tests.SdkContract.Support;
using Pulumi;
using KubernetesProvider = Pulumi.Kubernetes.Provider;

namespace GopherMesh.Tests.SdkContract.Resources;

public sealed class ProviderTests
{
    private const string Unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

    [Fact]
    public async Task An_explicit_provider_is_named_by_urn_and_id()
    {
        var mocks = await Run.ProgramAsync(() => _ = new Item("item", new CustomResourceOptions { Provider = new KubernetesProvider("cluster") }));

        Assert.Equal(Reference("cluster", "cluster-id"), mocks["item"].Provider);
    }

    [Fact]
    public async Task A_provider_without_an_id_is_named_as_unknown()
    {
        var mocks = await Run.ProgramAsync(
            () => _ = new Item("item", new CustomResourceOptions { Provider = new KubernetesProvider("cluster") }),
            new() { OnResource = args => (null, args.Inputs) });

        Assert.Equal(Reference("cluster", Unknown), mocks["item"].Provider);
    }

    [Fact]
    public async Task Children_and_grandchildren_of_a_component_take_its_provider()
    {
        var mocks = await Run.ProgramAsync(() =>
        {
            var provider = new KubernetesProvider("cluster");
            var parent = new Component("parent", new ComponentResourceOptions { Provider = provider });
            var child = new Component("child", new ComponentResourceOptions { Parent = parent });
            _ = new Item("item", new CustomResourceOptions { Parent = child });
            _ = new Sample("of another package", null, new CustomResourceOptions { Parent = child });
        });

        Assert.Equal(Reference("cluster", "cluster-id"), mocks["item"].Provider);
        Assert.Equal("", mocks["of another package"].Provider);
        Assert.Equal("", mocks["parent"].Provider);
    }

    [Fact]
    public async Task The_nearest_of_several_providers_wins()
    {
        var mocks = await Run.ProgramAsync(() =>
        {
            var (far, near) = (new KubernetesProvider("far"), new KubernetesProvider("near"));
            var parent = new Component("parent", new ComponentResourceOptions { Providers = [far] });
            var child = new Component("child", new ComponentResourceOptions { Parent = parent, Providers = [near] });
            _ = new Item("inner", new CustomResourceOptions { Parent = child });
            _ = new Item("outer", new CustomResourceOptions { Parent = parent });
            _ = new Item("own", new CustomResourceOptions { Parent = child, Provider = far });
        });

        Assert.Equal(Reference("near", "near-id"), mocks["inner"].Provider);
        Assert.Equal(Reference("far", "far-id"), mocks["outer"].Provider);
        Assert.Equal(Reference("far", "far-id"), mocks["own"].Provider);
    }

    [Fact]
    public async Task A_child_of_a_custom_resource_takes_the_provider_that_it_was_given()
    {
        var mocks = await Run.ProgramAsync(() =>
        {
            var parent = new Item("parent", new CustomResourceOptions { Provider = new KubernetesProvider("cluster") });
            _ = new Item("child", new CustomResourceOptions { Parent = parent });
        });

        Assert.Equal(Reference("cluster", "cluster-id"), mocks["child"].Provider);
    }

    [Fact]
    public async Task A_component_takes_one_provider_or_several_but_not_both()
    {
        var failure = await Run.FailureAsync(() =>
        {
            var provider = new KubernetesProvider("cluster");
            _ = new Component("component", new ComponentResourceOptions { Provider = provider, Providers = [provider] });
        });

        Assert.Contains("Do not supply both 'provider' and 'providers' options to a ComponentResource.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_is_a_resource_of_the_type_of_its_package()
    {
        var mocks = await Run.ProgramAsync(() => _ = new KubernetesProvider("cluster", new() { Context = "kind", EnableServerSideApply = true }));

        Assert.Equal("pulumi:providers:kubernetes", mocks["cluster"].Type);
        Assert.Equal("true", mocks["cluster"].Inputs["enableServerSideApply"]);
        Assert.Equal("kind", mocks["cluster"].Inputs["context"]);
    }

    private static string Reference(string name, string id)
        => $"urn:pulumi:dev::gopher-mesh::pulumi:pulumi:Stack$pulumi:providers:kubernetes::{name}::{id}";

    private sealed class Item(string name, CustomResourceOptions options) : CustomResource("kubernetes:core/v1:Item", name, null, options);
}
