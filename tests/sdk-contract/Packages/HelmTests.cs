using GopherMesh.Tests.SdkContract.Support;
using Pulumi;
using Pulumi.Kubernetes.Helm.V3;
using Pulumi.Kubernetes.Types.Inputs.Helm.V3;
using Pulumi.Utilities;

namespace GopherMesh.Tests.SdkContract.Packages;

public sealed class HelmTests
{
    [Fact]
    public async Task A_releases_password_is_a_secret_and_its_values_are_free()
    {
        var args = new ReleaseArgs
        {
            Chart = "istiod",
            RepositoryOpts = new RepositoryOptsArgs { Repo = "https://charts", Password = "hidden" },
            Values = { ["pilot"] = new Dictionary<string, object> { ["autoscaleMin"] = 2, ["env"] = new Dictionary<string, object>() } },
        };
        var mocks = await Run.ProgramAsync(() => _ = new Release("istiod", args));

        var repository = await OutputUtilities.GetValueAsync(args.RepositoryOpts.ToOutput());
        Assert.True(await Output.IsSecretAsync(repository.Password!.ToOutput()));
        Assert.Equal("hidden", Run.Map(mocks["istiod"].Inputs["repositoryOpts"])["password"]);
        Assert.Equal(2.0, Run.Map(Run.Map(mocks["istiod"].Inputs["values"])["pilot"])["autoscaleMin"]);
        Assert.Equal("true", mocks["istiod"].Inputs["compat"]);
    }
}
