using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Engine;

/// <summary>The AWS account, asked service by service.</summary>
internal static class Account
{
    private static readonly HttpClient Direct = new();

    // What each service lists: everything that can be left, whoever made it. A key that is scheduled for deletion costs nothing.
    private static readonly (string What, string Command)[] Questions =
    [
        ("VPC", "ec2 describe-vpcs --query Vpcs[].VpcId"),
        ("subnet", "ec2 describe-subnets --query Subnets[].SubnetId"),
        ("route table", "ec2 describe-route-tables --query RouteTables[].RouteTableId"),
        ("internet gateway", "ec2 describe-internet-gateways --query InternetGateways[].InternetGatewayId"),
        ("NAT gateway", "ec2 describe-nat-gateways --query NatGateways[?State!='deleted'].NatGatewayId"),
        ("address", "ec2 describe-addresses --query Addresses[].AllocationId"),
        ("security group", "ec2 describe-security-groups --query SecurityGroups[].GroupId"),
        ("network interface", "ec2 describe-network-interfaces --query NetworkInterfaces[].NetworkInterfaceId"),
        ("endpoint", "ec2 describe-vpc-endpoints --query VpcEndpoints[?State!='deleted'].VpcEndpointId"),
        ("flow log", "ec2 describe-flow-logs --query FlowLogs[].FlowLogId"),
        ("instance", "ec2 describe-instances --query Reservations[].Instances[].InstanceId"),
        ("volume", "ec2 describe-volumes --query Volumes[].VolumeId"),
        ("load balancer", "elbv2 describe-load-balancers --query LoadBalancers[].LoadBalancerArn"),
        ("target group", "elbv2 describe-target-groups --query TargetGroups[].TargetGroupArn"),
        ("cluster", "eks list-clusters --query clusters"),
        ("repository", "ecr describe-repositories --query repositories[].repositoryName"),
        ("role", "iam list-roles --query Roles[].RoleName"),
        ("policy", "iam list-policies --scope Local --query Policies[].PolicyName"),
        ("instance profile", "iam list-instance-profiles --query InstanceProfiles[].InstanceProfileName"),
        ("OIDC provider", "iam list-open-id-connect-providers --query OpenIDConnectProviderList[].Arn"),
        ("key alias", "kms list-aliases --query Aliases[?!starts_with(AliasName,'alias/aws/')].AliasName"),
        ("log group", "logs describe-log-groups --query logGroups[].logGroupName"),
        ("certificate", "acm list-certificates --query CertificateSummaryList[].CertificateArn"),
    ];

    /// <summary>All that the account has in the stack's region, each with its kind.</summary>
    public static async Task<IReadOnlySet<string>> ContentAsync()
    {
        var found = new HashSet<string>();
        foreach (var batch in Questions.Chunk(6))
        {
            foreach (var answer in await Task.WhenAll(batch.Select(async question => (question.What, Ids: await AskAsync(question.Command)))))
            {
                found.UnionWith(answer.Ids.Select(id => $"{answer.What} {id}"));
            }
        }

        foreach (var key in await AskAsync("kms list-keys --query Keys[].KeyId"))
        {
            if ((await AskAsync($"kms describe-key --key-id {key} --query [KeyMetadata.KeyState]")).Contains("Enabled"))
            {
                found.Add($"key {key}");
            }
        }

        return found;
    }

    /// <summary>Words of an answer of the aws command.</summary>
    public static async Task<string[]> AskAsync(string command) =>
        (await Started.RunAsync("aws", [.. command.Split(' '), "--region", CommittedStack.Region, "--output", "text"]))
            .Split((char[])[' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries).Where(word => word != "None").ToArray();

    /// <summary>What EKS answers without the aws command: Debian's knows no Pod Identity, and takes longer than the test's EKS takes to make a cluster.</summary>
    public static async Task<JsonNode> AskEksAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL")}/{path}");
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential=test/20260101/{CommittedStack.Region}/eks/aws4_request, SignedHeaders=host, Signature=none");
        using var answer = await Direct.SendAsync(request);
        return JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!;
    }

    /// <summary>Takes all addresses of the quota that nobody has, and returns them.</summary>
    public static async Task<IReadOnlyList<string>> FillAddressesAsync()
    {
        var taken = new List<string>();
        while (true)
        {
            var one = await Started.Start("aws", ["ec2", "allocate-address", "--domain", "vpc", "--query", "AllocationId", "--region", CommittedStack.Region, "--output", "text"]).EndAsync();
            if (one.ExitCode != 0)
            {
                Assert.Contains("AddressLimitExceeded", one.Output, StringComparison.Ordinal);
                return taken;
            }

            taken.Add(one.Output.Trim());
        }
    }

    /// <summary>Gives addresses back.</summary>
    public static async Task ReleaseAsync(IEnumerable<string> addresses)
    {
        foreach (var address in addresses)
        {
            await AskAsync($"ec2 release-address --allocation-id {address}");
        }
    }
}
