namespace GopherMesh.Tests.Engine;

/// <summary>What stops a first `pulumi up`: whoever mends it runs the same command again, and it goes on.</summary>
public sealed class FirstUpTests
{
    [EngineFact]
    public async Task A_first_up_goes_on_after_a_refused_setting_a_full_quota_and_a_taken_name()
    {
        // The other cluster's own network and role, with which EKS takes it.
        var other = await OtherCluster.NetworkAsync();
        var addresses = await Account.FillAddressesAsync();
        var before = await Account.ContentAsync();
        var stack = await CommittedStack.InitAsync();
        await stack.UseTestImagesAsync();

        // Nobody can reach the API: refused before anything is made.
        (await stack.PulumiAsync("config", "rm", "--path", "apiAllowedCidrs")).Succeeded();
        Assert.Contains("pulumi config set --path", (await stack.FailingAsync("up", "--yes")).Output, StringComparison.Ordinal);
        Assert.Equal(before.Order(), (await Account.ContentAsync()).Order());
        await stack.SetAsync("apiPrivate", "true");
        Assert.Contains("apiPrivate closes the API of a network that the stack makes itself", (await stack.PreviewAsync()).Output, StringComparison.Ordinal);
        (await stack.PulumiAsync("config", "rm", "apiPrivate")).Succeeded();
        await stack.SetPathAsync("apiAllowedCidrs[0]", "203.0.113.7/32");

        Assert.Contains("AddressLimitExceeded", (await stack.FailingAsync("up", "--yes")).Output, StringComparison.Ordinal);
        await Account.ReleaseAsync(addresses);

        await other.CreateAsync();
        Assert.Contains("already exists", (await stack.FailingAsync("up", "--yes")).Output, StringComparison.Ordinal);
        await OtherCluster.DeleteAsync();

        await stack.UpAsync();
        Assert.Equal("nothing", (await stack.PreviewAsync("--refresh", "--expect-no-changes")).Summary);
        await stack.DestroyAsync();
        Assert.Empty((await Account.ContentAsync()).Except(before));
    }

    /// <summary>Somebody else's cluster of the same name.</summary>
    private sealed record OtherCluster(string Role, IReadOnlyList<string> Subnets)
    {
        private const string Trust =
            """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}]}""";

        public static async Task<OtherCluster> NetworkAsync()
        {
            await Started.RunAsync("aws", "--region", CommittedStack.Region, "iam", "create-role", "--role-name", "other", "--assume-role-policy-document", Trust);
            var vpc = (await Account.AskAsync("ec2 create-vpc --cidr-block 10.9.0.0/16 --query Vpc.VpcId")).Single();
            var subnets = new List<string>();
            foreach (var (zone, index) in (await Account.AskAsync("ec2 describe-availability-zones --query AvailabilityZones[].ZoneName")).Take(2).Select((zone, index) => (zone, index)))
            {
                subnets.AddRange(await Account.AskAsync($"ec2 create-subnet --vpc-id {vpc} --cidr-block 10.9.{index}.0/24 --availability-zone {zone} --query Subnet.SubnetId"));
            }

            return new((await Account.AskAsync("iam get-role --role-name other --query Role.Arn")).Single(), subnets);
        }

        public async Task CreateAsync() => await Account.AskAsync(
            $"eks create-cluster --name {CommittedStack.Cluster} --role-arn {Role} --resources-vpc-config subnetIds={string.Join(',', Subnets)} --query cluster.name");

        public static async Task DeleteAsync()
        {
            await Account.AskAsync($"eks wait cluster-active --name {CommittedStack.Cluster}");
            await Account.AskAsync($"eks delete-cluster --name {CommittedStack.Cluster} --query cluster.name");
            await Account.AskAsync($"eks wait cluster-deleted --name {CommittedStack.Cluster}");
        }
    }
}
