namespace GopherMesh.Tests.Engine;

/// <summary>Stacks away from the defaults.</summary>
public sealed class SettingsTests
{
    private const string Host = "gophers.example.com";

    [EngineFact]
    public async Task A_stack_with_names_a_role_and_protection_refuses_what_AWS_would_and_leaves_nothing()
    {
        var (role, untrusted) = (await RoleAsync("gopher-requester", "pods.eks.amazonaws.com"), await RoleAsync("untrusted", "ec2.amazonaws.com"));
        var zone = (await Account.AskAsync("route53 create-hosted-zone --name example.com --caller-reference test --query HostedZone.Id")).Single().Split('/')[^1];
        var before = await Account.ContentAsync();
        var stack = await CommittedStack.InitAsync();
        await stack.UseTestImagesAsync();
        await stack.SetAsync("canaryVersion", "v2");
        await stack.SetAsync("requesterRoleArn", role);
        await stack.SetAsync("hostedZoneId", zone);
        await stack.SetPathAsync("gatewayHosts[0]", "gophers.example.org");
        Assert.Contains("use a name below that of the hosted zone, example.com", (await stack.PulumiAsync("up", "--yes")).Output, StringComparison.Ordinal);

        await stack.SetPathAsync("gatewayHosts[0]", Host);
        await stack.UpAsync();
        await AssertNamedAsync(zone);
        Assert.Contains("169.254.170.23/32", await Started.RunAsync("kubectl", "get", "networkpolicy", "gopher-requester", "--namespace=gophers", "--output=yaml"), StringComparison.Ordinal);

        // Pods of the requester get the role's credentials by this; whoever may not take the role on is refused.
        Assert.Equal(["gopher-requester"], (await Account.AskEksAsync($"clusters/{CommittedStack.Cluster}/pod-identity-associations"))["associations"]!.AsArray().Select(item => $"{item!["serviceAccount"]}"));
        await stack.SetAsync("distributorRoleArn", untrusted);
        Assert.Contains("could not be assumed", (await stack.FailingAsync("up", "--yes")).Output, StringComparison.Ordinal);
        await stack.SetAsync("distributorRoleArn", "");
        await stack.UpAsync();

        // Of an association the test's EKS does not say whether it hands on session tags, as EKS does; nothing else differs.
        var refreshed = await stack.PreviewAsync("--refresh");
        Assert.Equal("1 update", refreshed.Summary);
        Assert.Contains("aws:eks:PodIdentityAssociation gopher-requester update [diff: ~disableSessionTags,externalId]", refreshed.Output, StringComparison.Ordinal);

        await stack.SetAsync("deletionProtection", "true");
        await stack.UpAsync();
        var refused = await stack.PulumiAsync("destroy", "--yes");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("protect", refused.Output, StringComparison.Ordinal);
        await AssertNamedAsync(zone);
        await stack.SetAsync("deletionProtection", "false");
        await stack.UpAsync();
        await stack.DestroyAsync();
        Assert.Empty((await Account.ContentAsync()).Except(before));
        Assert.Equal(["NS", "SOA"], (await RecordsAsync(zone, "", "Type")).Order());
    }

    // The host has a record that leads to the load balancer, which has a certificate that was issued, and answers.
    private static async Task AssertNamedAsync(string zone)
    {
        var balancer = Assert.Single(await RecordsAsync(zone, $"?Name=='{Host}.'", "ResourceRecords[].Value"));
        var certificate = Assert.Single(await Account.AskAsync("acm list-certificates --query CertificateSummaryList[].CertificateArn"));
        Assert.Equal(["ISSUED"], await Account.AskAsync($"acm describe-certificate --certificate-arn {certificate} --query [Certificate.Status]"));

        // The test's load balancer serves TLS with a certificate of its own.
        var answer = await Started.BashAsync($"until curl -sSk --max-time 5 --connect-to {Host}:443:{balancer}:443 https://{Host}/; do sleep 1; done");
        Assert.Contains("Request >> Gopher Version", answer.Succeeded().Output, StringComparison.Ordinal);
        Checkout.Report($"{Host} leads to {balancer}, which answers over HTTPS");
    }

    /// <summary>A role that a service may take on; returns its ARN.</summary>
    private static async Task<string> RoleAsync(string name, string service)
    {
        var trust = $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"{{service}}"},"Action":["sts:AssumeRole","sts:TagSession"]}]}""";
        return (await Started.RunAsync(
            "aws", "--region", CommittedStack.Region, "iam", "create-role", "--role-name", name, "--assume-role-policy-document", trust, "--query", "Role.Arn", "--output", "text")).Trim();
    }

    private static Task<string[]> RecordsAsync(string zone, string filter, string what) =>
        Account.AskAsync($"route53 list-resource-record-sets --hosted-zone-id {zone} --query ResourceRecordSets[{filter}].{what}");
}
