using GopherMesh.Tests.SdkContract.Support;
using Pulumi;
using Pulumi.Kubernetes.Core.V1;
using Pulumi.Kubernetes.Types.Inputs.Core.V1;
using Pulumi.Kubernetes.Types.Inputs.Meta.V1;
using Kubernetes = Pulumi.Kubernetes;

namespace GopherMesh.Tests.SdkContract;

public sealed class KubernetesTests
{
    [Fact]
    public async Task A_namespace_reaches_the_mocks_with_its_kind_and_metadata()
    {
        var mocks = await Run.ProgramAsync(() => _ = new Namespace("gophers", new NamespaceArgs
        {
            Metadata = new ObjectMetaArgs { Name = "gophers", Labels = { ["istio-injection"] = "enabled" } },
        }));

        var sent = mocks["gophers"];
        Assert.Equal("kubernetes:core/v1:Namespace", sent.Type);
        Assert.Equal(["apiVersion", "kind", "metadata"], sent.Inputs.Keys.Order());
        Assert.Equal("enabled", Run.Map(Run.Map(sent.Inputs["metadata"])["labels"])["istio-injection"]);
    }

    [Fact]
    public async Task A_child_of_a_component_takes_the_components_provider()
    {
        var mocks = await Run.ProgramAsync(() =>
        {
            var provider = new Kubernetes.Provider("cluster", new Kubernetes.ProviderArgs { Context = "kind-gophers", EnableServerSideApply = true });
            var component = new Component("gophers", new ComponentResourceOptions { Provider = provider });
            _ = new Namespace("gophers-namespace", new NamespaceArgs(), new CustomResourceOptions { Parent = component });
        });

        Assert.Equal("true", mocks["cluster"].Inputs["enableServerSideApply"]);
        Assert.Equal(
            "urn:pulumi:dev::gopher-mesh::pulumi:pulumi:Stack$pulumi:providers:kubernetes::cluster::cluster-id",
            mocks["gophers-namespace"].Provider);
    }

    private sealed class Component(string name, ComponentResourceOptions options) : ComponentResource("test:index:Component", name, options);
}
