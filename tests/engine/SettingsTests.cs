namespace GopherMesh.Tests.Engine;

/// <summary>Stacks away from the defaults.</summary>
public sealed class SettingsTests
{
    private const string Host = "gophers.example.com";

    private const string Role = "gopher-requester";

    [EngineFact]
    public async Task A_stack_with_names_a_role_and_protection_lives_through_a_kill_and_leaves_nothing()
    {
        await Started.RunAsync(
            "aws", "--region", DevStack.Region, "iam", "create-role", "--role-name", Role, "--assume-role-policy-document",
            """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}]}""");
        var zone = (await Account.AskAsync("route53 create-hosted-zone --name example.com --caller-reference test --query HostedZone.Id")).Single().Split('/')[^1];
        var before = await Account.ContentAsync();
        var stack = await DevStack.InitAsync();
        await stack.UseTestImagesAsync();
        await stack.SetAsync("canaryVersion", "v2");
        await stack.SetAsync("requesterRoleArn", (await Account.AskAsync($"iam get-role --role-name {Role} --query Role.Arn")).Single());
        await stack.SetAsync("hostedZoneId", zone);
        await stack.SetPathAsync("gatewayHosts[0]", "gophers.example.org");
        Assert.Contains("use a name below that of the hosted zone, example.com", (await stack.PulumiAsync("up", "--yes")).Output, StringComparison.Ordinal);

        await stack.SetPathAsync("gatewayHosts[0]", Host);
        await stack.UpAsync();
        await AssertNamedAsync(zone);
        Assert.Contains("169.254.170.23/32", await Started.RunAsync("kubectl", "get", "networkpolicy", "gopher-requester", "--namespace=gophers", "--output=yaml"), StringComparison.Ordinal);

        await ShiftKilledAsync(stack, weight: 20);
        await stack.UpAsync();
        Assert.Equal("nothing", (await stack.PreviewAsync("--refresh", "--expect-no-changes")).Summary);

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

    [EngineFact]
    public async Task Another_number_of_NAT_gateways_and_back_leaves_the_network_as_it_was()
    {
        var stack = await DevStack.InitAsync();
        await stack.UseTestImagesAsync();
        await stack.UpAsync();
        var asMade = await Account.ContentAsync();

        await stack.SetAsync("natGateways", "perZone");
        await stack.UpAsync();
        Assert.Equal(2, (await Account.ContentAsync()).Except(asMade).Count(item => item.StartsWith("NAT gateway", StringComparison.Ordinal)));
        await stack.SetAsync("natGateways", "one");
        await stack.UpAsync();
        Assert.True(asMade.SetEquals(await Account.ContentAsync()));
        await stack.DestroyAsync();
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

    // kill -9 of the engine and all that it has started, while it changes the weight; then what docs/recovery.md says.
    private static async Task ShiftKilledAsync(DevStack stack, int weight)
    {
        await stack.SetAsync("canaryWeight", $"{weight}");
        var shift = stack.Start("up", "--yes", "--skip-preview");
        while (!shift.HasExited && !stack.IsAtWork)
        {
            await Task.Delay(10);
        }

        Assert.False(shift.HasExited, "the shift ended before it was killed");
        await shift.KillAsync();
        var pending = (await stack.StateAsync())["pending_operations"]?.AsArray().Count ?? 0;
        Checkout.Report($"a shift killed after {shift.Age.TotalSeconds:F1} s, with {pending} operations under way");
        (await stack.PulumiAsync("cancel", "--yes")).Succeeded();
    }

    private static Task<string[]> RecordsAsync(string zone, string filter, string what) =>
        Account.AskAsync($"route53 list-resource-record-sets --hosted-zone-id {zone} --query ResourceRecordSets[{filter}].{what}");
}
