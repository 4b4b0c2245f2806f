using GopherMesh.Tests.SdkContract.Support;
using Pulumi;
using Pulumi.Aws.Iam;
using Pulumi.Aws.Inputs;
using Pulumi.Command.Local;
using Pulumi.Eks;
using Pulumi.Eks.Inputs;
using Pulumi.Utilities;
using Run = GopherMesh.Tests.SdkContract.Support.Run;

namespace GopherMesh.Tests.SdkContract.Packages;

public sealed class CloudTests
{
    [Fact]
    public async Task An_eks_cluster_is_one_call_with_enums_as_words_and_defaults_filled_in()
    {
        Cluster? cluster = null;
        var mocks = await Run.ProgramAsync(
            () => cluster = new Cluster("cluster", new ClusterArgs
            {
                AuthenticationMode = AuthenticationMode.Api,
                AutoMode = new AutoModeOptionsArgs { Enabled = true, ComputeConfig = new ClusterComputeConfigArgs { NodePools = [] } },
                CorednsAddonOptions = new CoreDnsAddonOptionsArgs { Enabled = false },
                AccessEntries = new() { ["nodes"] = new AccessEntryArgs { PrincipalArn = "arn", Type = AccessEntryType.EC2 } },
                SkipDefaultNodeGroup = true,
            }),
            new() { OnResource = _ => (null, new Dictionary<string, object> { ["kubeconfigJson"] = "{}", ["kubeconfig"] = new Dictionary<string, object> { ["kind"] = "Config" } }) });

        var inputs = Assert.Single(mocks.Resources).Inputs;
        var coreDns = Run.Map(inputs["corednsAddonOptions"]);
        Assert.Equal(("API", true), (inputs["authenticationMode"], inputs["skipDefaultNodeGroup"]));
        Assert.Equal((true, true), (Run.Map(inputs["autoMode"])["enabled"], Run.Map(inputs["autoMode"])["createNodeRole"]));
        Assert.Empty(Run.List(Run.Map(Run.Map(inputs["autoMode"])["computeConfig"])["nodePools"]));
        Assert.Equal((false, "OVERWRITE", "OVERWRITE"), (coreDns["enabled"], coreDns["resolveConflictsOnCreate"], coreDns["resolveConflictsOnUpdate"]));
        Assert.Equal("EC2", Run.Map(Run.Map(inputs["accessEntries"])["nodes"])["type"]);
        Assert.Equal("{}", await OutputUtilities.GetValueAsync(cluster!.KubeconfigJson));
        Assert.Equal("Config", Run.Map(await OutputUtilities.GetValueAsync(cluster.Kubeconfig))["kind"]);
    }

    [Fact]
    public async Task A_resource_passed_as_an_argument_arrives_as_that_resource()
    {
        var mocks = await Run.ProgramAsync(() => _ = new Cluster("cluster", new ClusterArgs { ServiceRole = new Role("role", new() { AssumeRolePolicy = "{}", Name = "gophers" }) }));

        var role = Assert.IsType<Role>(mocks["cluster"].Inputs["serviceRole"]);
        Assert.Equal("role", role.GetResourceName());
        Assert.Equal("role-id", await OutputUtilities.GetValueAsync(role.Id));
        Assert.Equal("gophers", await OutputUtilities.GetValueAsync(role.Name));
        Assert.Equal(["role", "cluster"], mocks.Resources.Select(resource => resource.Name));
    }

    [Fact]
    public async Task A_resource_of_an_unknown_type_arrives_as_a_reference()
    {
        var mocks = await Run.ProgramAsync(() => _ = new Sample("outer", new SampleArgs { Resource = new Sample("inner") }));

        var reference = Assert.IsAssignableFrom<CustomResource>(mocks["outer"].Inputs["resource"]);
        Assert.EndsWith("test:index:Sample::inner", await OutputUtilities.GetValueAsync(reference.Urn), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_aws_provider_takes_its_region_from_the_environment_and_its_tags_as_json()
    {
        using var region = new EnvironmentVariable("AWS_REGION", "ap-southeast-2");
        var mocks = await Run.ProgramAsync(() => _ = new Pulumi.Aws.Provider("aws", new()
        {
            DefaultTags = new ProviderDefaultTagsArgs { Tags = { ["owner"] = "gophers" } },
        }));

        var inputs = mocks["aws"].Inputs;
        Assert.Equal("ap-southeast-2", inputs["region"]);
        Assert.Equal("""{ "tags": { "owner": "gophers" } }""", inputs["defaultTags"]);
        Assert.Equal(("false", "true"), (inputs["skipCredentialsValidation"], inputs["skipRegionValidation"]));
    }

    [Fact]
    public async Task The_kubernetes_provider_takes_what_is_not_set_from_the_environment()
    {
        using var kubeconfig = new EnvironmentVariable("KUBECONFIG", "/tmp/config");
        using var unreachable = new EnvironmentVariable("PULUMI_K8S_DELETE_UNREACHABLE", "true");
        var mocks = await Run.ProgramAsync(() => _ = new Pulumi.Kubernetes.Provider("cluster"));

        Assert.Equal(("/tmp/config", "true"), (mocks["cluster"].Inputs["kubeconfig"], mocks["cluster"].Inputs["deleteUnreachable"]));
    }

    [Fact]
    public async Task A_command_keeps_the_names_of_its_environment()
    {
        var mocks = await Run.ProgramAsync(() => _ = new Command("push", new CommandArgs
        {
            Create = "./publish",
            Environment = { ["AWS_REGION"] = "ap-southeast-2" },
            Interpreter = ["bash"],
            Logging = Logging.StdoutAndStderr,
            Triggers = { (Input<object>)"tag" },
        }));

        var inputs = mocks["push"].Inputs;
        Assert.Equal("ap-southeast-2", Run.Map(inputs["environment"])["AWS_REGION"]);
        Assert.Equal(("./publish", "stdoutAndStderr"), (inputs["create"], inputs["logging"]));
        Assert.Equal(["tag"], Run.List(inputs["triggers"]));
    }

    [Fact]
    public async Task Iam_takes_a_roles_name_or_the_role()
    {
        var mocks = await Run.ProgramAsync(() =>
        {
            var role = new Role("role", new() { AssumeRolePolicy = "{}", Name = "gophers" });
            _ = new RolePolicyAttachment("attachment", new() { Role = role.Name, PolicyArn = "arn" });
        });

        Assert.Equal("gophers", mocks["attachment"].Inputs["role"]);
    }
}
