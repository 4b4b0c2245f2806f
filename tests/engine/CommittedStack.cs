using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GopherMesh.Tests.Engine;

/// <summary>What a run of the engine said that it changed.</summary>
internal sealed record Changes(ProgramResult Run, IReadOnlyDictionary<string, int> Counts)
{
    private static readonly Regex Count = new(@"^\s+[^\sA-Za-z]*\s*(\d+) (?:to )?(create|update|delete|replace|unchanged|change)[ds]?\b", RegexOptions.Multiline);

    public string Output => Run.Output;

    /// <summary>All that was changed, as one line, without pulumi's sum of it.</summary>
    public string Summary => string.Join(", ", Counts.Where(count => count.Key is not ("unchanged" or "change")).Select(count => $"{count.Value} {count.Key}").Order()) is { Length: > 0 } text
        ? text
        : "nothing";

    public static Changes Of(ProgramResult run) => new(run, ReadFrom(run.Output));

    // The last summary counts: `up` prints one for its preview first.
    private static Dictionary<string, int> ReadFrom(string output)
    {
        var start = output.LastIndexOf("\nResources:", StringComparison.Ordinal);
        return start < 0 ? [] : Count.Matches(output[start..]).ToDictionary(match => match.Groups[2].Value, match => int.Parse(match.Groups[1].Value));
    }
}

/// <summary>A committed stack, dev or local, used as README says, with a state of its own in a folder.</summary>
internal sealed class CommittedStack
{
    /// <summary>The stack on EKS, which most tests are of.</summary>
    public const string Name = "dev";

    public const string Cluster = "gopher-mesh-dev";

    /// <summary>The committed stack file's region.</summary>
    public const string Region = "ap-southeast-2";

    private static readonly Dictionary<string, string> StackFiles = [];

    private readonly Dictionary<string, string> _environment;

    private readonly string _checkpoint;

    private CommittedStack(string name, string state)
        : this(
            new Dictionary<string, string> { ["PULUMI_BACKEND_URL"] = $"file://{state}", ["AWS_REGION"] = Region, ["NO_COLOR"] = "1" },
            Path.Combine(state, ".pulumi", "stacks", "gopher-mesh", $"{name}.json"))
    {
    }

    private CommittedStack(Dictionary<string, string> environment, string checkpoint)
    {
        _environment = environment;
        _checkpoint = checkpoint;
    }

    /// <summary>README's first two lines for EKS: the new stack dev, and who may reach the API.</summary>
    public static async Task<CommittedStack> InitAsync()
    {
        var stack = await NewAsync(Name);
        await stack.SetPathAsync("apiAllowedCidrs[0]", "203.0.113.7/32");
        return stack;
    }

    /// <summary>README's line for a cluster of one's own: the new stack local.</summary>
    /// <param name="kubeconfig">A file with the context that the stack file names.</param>
    public static async Task<CommittedStack> InitLocalAsync(string kubeconfig) => (await NewAsync("local")).With(("KUBECONFIG", kubeconfig));

    private static async Task<CommittedStack> NewAsync(string name)
    {
        var file = Path.Combine(Checkout.Root, $"Pulumi.{name}.yaml");
        await File.WriteAllTextAsync(file, StackFiles.TryGetValue(name, out var committed) ? committed : StackFiles[name] = await File.ReadAllTextAsync(file));
        var stack = new CommittedStack(name, Directory.CreateTempSubdirectory("gopher-engine-state-").FullName);
        (await stack.PulumiAsync("stack", "init", name)).Succeeded();
        return stack;
    }

    /// <summary>The same stack for whoever has these variables.</summary>
    public CommittedStack With(params (string Name, string Value)[] variables) =>
        new(_environment.Concat(variables.ToDictionary(variable => variable.Name, variable => variable.Value)).ToDictionary(), _checkpoint);

    /// <summary>What the engine has written down that it is at work on, which it does before it calls the provider: "creating TYPE".</summary>
    public IReadOnlyList<string> PendingOf()
    {
        try
        {
            return
            [
                .. (JsonNode.Parse(File.ReadAllText(_checkpoint))?["checkpoint"]?["latest"]?["pending_operations"]?.AsArray() ?? [])
                    .Select(operation => $"{operation!["type"]} {operation["resource"]!["type"]}"),
            ];
        }
        catch (Exception beingWritten) when (beingWritten is IOException or System.Text.Json.JsonException)
        {
            return [];
        }
    }

    /// <summary>Names the images that tests/engine/run has loaded, for tests of something else: then nothing is built.</summary>
    public async Task UseTestImagesAsync()
    {
        await SetPathAsync("versions.v1", "docker.io/local/gopher-distributor:test");
        await SetPathAsync("versions.v2", "docker.io/local/gopher-distributor:test");
        await SetAsync("requesterImage", "docker.io/local/gopher-requester:test");
    }

    public async Task SetAsync(string key, string value) => (await PulumiAsync("config", "set", key, value)).Succeeded();

    public async Task SetPathAsync(string path, string value) => (await PulumiAsync("config", "set", "--path", path, value)).Succeeded();

    /// <summary>pulumi up, which must succeed.</summary>
    public async Task<Changes> UpAsync(params IEnumerable<string> options) => await ReportedAsync(["up", "--yes", .. options]);

    public async Task<Changes> PreviewAsync(params IEnumerable<string> options) => await ReportedAsync(["preview", .. options]);

    public async Task<Changes> RefreshAsync(params IEnumerable<string> options) => await ReportedAsync(["refresh", .. options]);

    public async Task<Changes> DestroyAsync() => await ReportedAsync(["destroy", "--yes"]);

    /// <summary>A command of pulumi that must fail.</summary>
    public async Task<ProgramResult> FailingAsync(params IEnumerable<string> arguments)
    {
        var run = await PulumiAsync(arguments);
        Assert.True(run.ExitCode != 0, $"{run.Line} succeeded:\n{run.Output}");
        return run;
    }

    /// <summary>Any command of pulumi, which may fail.</summary>
    public Task<ProgramResult> PulumiAsync(params IEnumerable<string> arguments) => Start(arguments).EndAsync();

    public Started Start(params IEnumerable<string> arguments) => Started.Start("pulumi", [.. arguments, "--non-interactive", "--color=never"], _environment);

    /// <summary>A line of a page of the documents, with the stack's region as the user's own.</summary>
    public Task<ProgramResult> BashAsync(string line) => Started.BashAsync(line, _environment);

    public async Task<string> OutputAsync(string name) => (await PulumiAsync("stack", "output", name)).Succeeded().Output.Trim();

    /// <summary>The state: resources, and operations that were under way when it was written.</summary>
    public async Task<JsonNode> StateAsync() => JsonNode.Parse((await PulumiAsync("stack", "export")).Succeeded().Output)!["deployment"]!;

    /// <summary>What the stack has in the cluster: those of its resources that are Kubernetes objects.</summary>
    public async Task<IReadOnlyList<JsonNode>> ObjectsAsync() =>
    [
        .. (await StateAsync())["resources"]!.AsArray().Select(resource => resource!)
            .Where(resource => $"{resource["type"]}".StartsWith("kubernetes:", StringComparison.Ordinal) && resource["inputs"]?["kind"] is not null),
    ];

    /// <summary>README's last line: asks until the load balancer answers.</summary>
    public async Task<string> FirstAnswerAsync() =>
        (await BashAsync("until $(pulumi stack output curl) -sS --max-time 5; do sleep 1; done")).Succeeded().Output.Trim().Split('\n')[^1];

    private async Task<Changes> ReportedAsync(IEnumerable<string> arguments)
    {
        string[] given = [.. arguments];
        var changes = Changes.Of(await PulumiAsync(given));
        Checkout.Report($"pulumi {string.Join(' ', given)}: {changes.Summary}, status {changes.Run.ExitCode}, {changes.Run.Took.TotalSeconds:F0} s");
        await File.WriteAllTextAsync(Path.Combine(Checkout.Work, "last-output"), changes.Output);
        changes.Run.Succeeded();
        return changes;
    }
}

/// <summary>The stack with a canary at 10 %, for tests of what happens to a running stack: each leaves it as it was. At the end it is destroyed, to an account as before.</summary>
public sealed class RunningStack : IAsyncLifetime
{
    public const string Name = "running stack";

    private IReadOnlySet<string>? _before;

    internal CommittedStack Stack { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (Checkout.SkipReason is not null)
        {
            return;
        }

        _before = await Account.ContentAsync();
        Stack = await CommittedStack.InitAsync();
        await Stack.UseTestImagesAsync();
        await Stack.SetAsync("canaryVersion", "v2");
        await Stack.SetAsync("canaryWeight", "10");
        await Stack.UpAsync();
    }

    public async Task DisposeAsync()
    {
        if (_before is not null)
        {
            await Stack.DestroyAsync();
            Assert.Empty((await Account.ContentAsync()).Except(_before));
        }
    }
}

/// <summary>All tests of a running stack share one, since making it takes minutes.</summary>
[CollectionDefinition(RunningStack.Name)]
public sealed class RunningStackTests : ICollectionFixture<RunningStack>;

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
