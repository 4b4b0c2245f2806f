using GopherMesh.Infra.Eks;
using GopherMesh.Infra.Eks.Network;
using GopherMesh.Infra.Settings;
using Pulumi;

namespace GopherMesh.Tests.Unit.Eks;

public class EksPlanTests
{
    [Fact]
    public void Names_the_cluster_and_its_tags_after_the_stack()
    {
        var plan = EksPlan.For(StackFiles.Dev(("owner", "team-7")).Read().Eks, "dev");

        Assert.Equal("gopher-mesh-dev", plan.Name);
        Assert.Equal("managed-by=pulumi,owner=team-7,project=gopher-mesh,stack=dev", plan.Tags.ToAnnotation());
    }

    [Theory]
    [InlineData("ap-southeast-2", "3", 3)]
    [InlineData("ap-southeast-2", "2", 2)]
    [InlineData("us-west-1", "3", 2)]
    public void Spreads_over_the_wanted_zones_or_over_all_that_the_region_has(string region, string zones, int expected) =>
        Assert.Equal(expected, EksPlan.For(StackFiles.Dev(("aws:region", region), ("zones", zones)).Read().Eks, "dev").Network!.Zones.Count);

    [Theory]
    [InlineData("Dev")]
    [InlineData("dev_1")]
    [InlineData("dev.1")]
    [InlineData("dev--1")]
    [InlineData("a-stack-with-a-name-of-forty-one-letters-x")]
    public void Refuses_a_stack_whose_name_AWS_would_refuse(string stack) =>
        Assert.Contains(stack, Assert.Throws<RunException>(() => EksPlan.For(StackFiles.Dev().Read().Eks, stack)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("ap-southeast-2", "aws")]
    [InlineData("cn-north-1", "aws-cn")]
    [InlineData("us-gov-east-1", "aws-us-gov")]
    public void Knows_the_partition_of_a_region(string region, string partition) => Assert.Equal(partition, Region.Partition(region));

    [Fact]
    public void Chooses_the_first_zones_by_name() =>
        Assert.Equal(["r-1a", "r-1b"], AvailabilityZoneNames.Choose("r-1", 2, ["r-1c", "r-1b", "r-1a"]).AsEnumerable());

    [Fact]
    public void Says_what_to_do_where_the_account_has_too_few_zones() =>
        Assert.Contains("set zones to 2", Assert.Throws<RunException>(() => AvailabilityZoneNames.Choose("r-1", 3, ["r-1a", "r-1b"])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("[]", "pulumi config set --path 'apiAllowedCidrs[0]'")]
    [InlineData("""["203.0.113.7/32","0.0.0.0/0"]""", "has 0.0.0.0/0: the whole internet")]
    public void Warns_of_an_API_that_nobody_or_everybody_reaches(string allowed, string warning) =>
        Assert.Contains(warning, ApiAccess.WarningFor(Eks(("apiAllowedCidrs", allowed))), StringComparison.Ordinal);

    [Fact]
    public void Warns_of_a_private_API_in_a_network_that_does_not_exist_before_the_first_apply() =>
        Assert.Contains("begin with apiAllowedCidrs", ApiAccess.WarningFor(Eks(("apiPrivate", "true"))), StringComparison.Ordinal);

    [Fact]
    public void Does_not_warn_of_an_API_that_only_some_reach()
    {
        Assert.Null(ApiAccess.WarningFor(Eks(("apiAllowedCidrs", """["203.0.113.7/32"]"""))));
        Assert.Null(ApiAccess.WarningFor(Eks(
            ("apiPrivate", "true"), ("gatewayScheme", "internal"), ("vpcId", "vpc-0123456789abcdef0"), ("privateSubnetIds", """["subnet-00000001","subnet-00000002"]"""))));
    }

    [Fact]
    public void Deploys_nothing_where_nobody_could_reach_the_API_and_gives_the_line_to_paste()
    {
        var error = ApiAccess.LockedOut(Eks());

        Assert.Equal("gopher-mesh:apiAllowedCidrs", error!.Key);
        Assert.Contains("pulumi config set --path 'apiAllowedCidrs[0]' \"$(curl -s https://checkip.amazonaws.com)/32\"", error.Remedy, StringComparison.Ordinal);
        Assert.Contains("pulumi config set apiPrivate true", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Gets_the_clusters_tokens_with_the_credentials_that_created_it()
    {
        const string Kubeconfig = """{"users":[{"name":"aws","user":{"exec":{"command":"aws","args":["eks","get-token","--cluster-name","c"]}}}]}""";

        Assert.Contains("""["eks","get-token","--cluster-name","c","--profile","team"]""", KubeconfigCredentials.Set(Kubeconfig, Eks(("aws:profile", "team")).Credentials), StringComparison.Ordinal);
        Assert.Contains(
            """["eks","get-token","--cluster-name","c","--profile","team","--role-arn","arn:aws:iam::123456789012:role/deployer"]""",
            KubeconfigCredentials.Set(Kubeconfig, Eks(("aws:profile", "team"), ("aws:assumeRoles", """[{"roleArn":"arn:aws:iam::123456789012:role/deployer"}]""")).Credentials),
            StringComparison.Ordinal);
        Assert.Equal(Kubeconfig, KubeconfigCredentials.Set(Kubeconfig, Eks().Credentials));
    }

    private static EksSettings Eks(params (string Key, string Value)[] changes) => StackFiles.Dev(changes).Read().Eks;
}
