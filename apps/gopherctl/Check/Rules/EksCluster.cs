using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// A declared EKS cluster: the component of pulumi-eks, or the plain resource, which keeps the network's settings one level down.
/// </summary>
/// <param name="Resource">The resource.</param>
/// <param name="NetworkPath">The prefix of the names of the network's settings.</param>
/// <param name="KeyPath">The input that names the KMS key of its Secrets.</param>
internal sealed record EksCluster(DeclaredResource Resource, string NetworkPath, string KeyPath)
{
    // Names of inputs: pulumi-eks 4.3.0, schema.json, and pulumi-aws 7.48.0, ClusterVpcConfig and ClusterEncryptionConfig.
    private static readonly Dictionary<string, (string NetworkPath, string KeyPath)> Types = new()
    {
        ["eks:index:Cluster"] = ("", "encryptionConfigKeyArn"),
        ["aws:eks/cluster:Cluster"] = ("vpcConfig.", "encryptionConfig.provider.keyArn"),
    };

    public string DisplayName => RenderedStack.NameOf(Resource);

    public JsonObject Inputs => Resource.Inputs;

    /// <summary>Whether the public endpoint is on, as it is by default.</summary>
    public bool IsPublic => Inputs.Flag(NetworkPath + "endpointPublicAccess") ?? true;

    /// <summary>The blocks that the public endpoint answers; none means all.</summary>
    public IReadOnlyList<string> PublicBlocks => [.. Inputs.Texts(NetworkPath + "publicAccessCidrs")];

    /// <summary>The KMS key of its Secrets.</summary>
    public string? KeyArn => Inputs.Text(KeyPath);

    /// <summary>Whether EKS makes its nodes, volumes and load balancers (Auto Mode).</summary>
    public bool IsAuto => Inputs.Flag("autoMode.enabled") ?? Inputs.Flag("computeConfig.enabled") ?? false;

    /// <summary>The logs that EKS writes to CloudWatch.</summary>
    public IReadOnlyList<string> Logs => [.. Inputs.Texts("enabledClusterLogTypes")];

    /// <summary>The clusters that are declared; one that is only read is another's.</summary>
    public static IEnumerable<EksCluster> In(RenderedStack stack) =>
        from resource in stack.Resources
        where !resource.IsRead && Types.ContainsKey(resource.Type)
        let paths = Types[resource.Type]
        select new EksCluster(resource, paths.NetworkPath, paths.KeyPath);
}

/// <summary>
/// The log group of a control plane is declared, and the cluster deleted before it: EKS makes the one it writes to where there is none,
/// without an end to what it keeps, and leaves it (EKS user guide, "control-plane-logs").
/// </summary>
internal static class UnownedLogGroup
{
    public static PolicyRule Rule { get; } = new(
        "unowned-log-group", Severity.Error, "The log group that EKS writes to is declared, with an end, and deleted after the cluster.",
        Violations);

    private static IEnumerable<Violation> Violations(RenderedStack stack)
    {
        var order = new DependencyOrder(stack.Resources);
        return from cluster in EksCluster.In(stack)
               where cluster.Logs.Count > 0
               let name = $"/aws/eks/{cluster.Inputs.Text("name") ?? cluster.Resource.Name}/cluster"
               let needs = order.Needs(cluster.Resource)
               where !stack.OfType("aws:cloudwatch/logGroup:LogGroup")
                   .Any(logs => logs.Inputs.Text("name") == name && logs.Inputs.Number("retentionInDays") > 0 && needs.Contains(logs.Urn))
               select new Violation(
                   cluster.DisplayName,
                   $"it writes logs to {name}, and there is no such log group with retentionInDays that it depends on",
                   "Declare the log group, and let the cluster depend on it.");
    }
}

/// <summary>
/// A service does with a role what the role's trust and policies let it: of the roles that the cluster, its nodes and the flow logs have, both are known
/// (EKS user guide, "auto-cluster-iam-role", "auto-create-node-role", "create-node-class"; VPC user guide, "flow-logs-iam-role").
/// </summary>
internal static class ServiceRoles
{
    private const string Node = "AmazonEKSAutoNodePolicy";

    // EKS user guide, "auto-learn-iam", custom tags: what the managed policies let EKS do without tags of ours alone.
    private static readonly string[] TaggingNodes = ["ec2:CreateFleet", "ec2:RunInstances", "ec2:CreateLaunchTemplate", "ec2:CreateVolume", "ec2:CreateNetworkInterface"];

    private static readonly string[] TaggingBalancers = ["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup", "elasticloadbalancing:CreateListener", "ec2:CreateSecurityGroup"];

    private static readonly string[] Writing = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"];

    // Each is a policy or those that may stand in its place.
    private static readonly string[][] OfCluster = [["AmazonEKSClusterPolicy"]];

    private static readonly string[][] OfAutoMode =
        [["AmazonEKSClusterPolicy"], ["AmazonEKSComputePolicy"], ["AmazonEKSBlockStoragePolicy"], ["AmazonEKSLoadBalancingPolicy"], ["AmazonEKSNetworkingPolicy"]];

    private static readonly string[][] OfNodes =
    [
        ["AmazonEKSWorkerNodeMinimalPolicy", "AmazonEKSWorkerNodePolicy"],
        ["AmazonEC2ContainerRegistryPullOnly", "AmazonEC2ContainerRegistryReadOnly", "AmazonEC2ContainerRegistryPowerUser", "AmazonEC2ContainerRegistryFullAccess"],
    ];

    public static PolicyRule Rule { get; } = new(
        "service-role", Severity.Error, "A service may assume the role that it is given, and do with it what it needs; nodes may join the cluster.",
        stack => OfUsers(stack).Concat(OfLogs(stack)).Concat(OfTags(stack)).Concat(OfEntries(stack)));

    private static IEnumerable<(string User, DeclaredResource Role, string Service, string[] Actions, string[][] Policies)> Users(RenderedStack stack) =>
        EksCluster.In(stack).Select(cluster => (cluster.DisplayName, Role: cluster.Inputs.Text("serviceRole") ?? cluster.Inputs.Text("roleArn"), "eks", cluster.IsAuto ? (string[])["sts:AssumeRole", "sts:TagSession"] : ["sts:AssumeRole"], cluster.IsAuto ? OfAutoMode : OfCluster))
            .Concat(Classes(stack).Select(declared => (declared.Manifest.DisplayName, Role: declared.Body.Text("spec.role"), "ec2", (string[])["sts:AssumeRole"], OfNodes)))
            .Concat(stack.OfType("aws:ec2/flowLog:FlowLog").Select(log => (RenderedStack.NameOf(log), Role: log.Inputs.Text("iamRoleArn"), "vpc-flow-logs", (string[])["sts:AssumeRole"], Array.Empty<string[]>())))
            .Select(user => (user.Item1, AwsReferences.Find(stack, user.Role, AwsReferences.Role), user.Item3, user.Item4, user.Item5))
            .Where(user => user.Item2 is not null).Select(user => (user.Item1, user.Item2!, user.Item3, user.Item4, user.Item5));

    private static IEnumerable<RenderedManifest> Classes(RenderedStack stack) => stack.OfKind("NodeClass").Where(declared => declared.Manifest.ApiVersion.StartsWith("eks.amazonaws.com/", StringComparison.Ordinal));

    private static IEnumerable<Violation> OfUsers(RenderedStack stack)
    {
        foreach (var (user, role, service, actions, policies) in Users(stack))
        {
            var name = RenderedStack.NameOf(role);
            var trusted = IamPolicies.Trusted(role, service);
            if (trusted is not null && actions.Except(trusted, StringComparer.OrdinalIgnoreCase).ToList() is { Count: > 0 } refused)
            {
                yield return new(name, $"it is the role of {user}, and does not let {service}.amazonaws.com do {string.Join(", ", refused)}", "Allow it in assumeRolePolicy.");
            }

            var attached = stack.OfType("aws:iam/rolePolicyAttachment:RolePolicyAttachment").Where(attachment => AwsReferences.Find(stack, attachment.Inputs.Text("role"), AwsReferences.Role) == role)
                .Select(attachment => attachment.Inputs.Text("policyArn")).Concat(role.Inputs.Texts("managedPolicyArns")).Select(arn => arn?.Split('/')[^1]).ToList();
            foreach (var missing in policies.Where(either => !attached.Intersect(either).Any()))
            {
                yield return new(name, $"it is the role of {user}, and has no {missing[0]}", "Attach the policy.");
            }
        }
    }

    private static IEnumerable<Violation> OfLogs(RenderedStack stack) =>
        from log in stack.OfType("aws:ec2/flowLog:FlowLog")
        let role = AwsReferences.Find(stack, log.Inputs.Text("iamRoleArn"), AwsReferences.Role)
        where role is not null && log.Inputs.Text("logDestination") is not null && !stack.OfType("aws:iam/rolePolicyAttachment:RolePolicyAttachment").Any(attachment => AwsReferences.Find(stack, attachment.Inputs.Text("role"), AwsReferences.Role) == role)
        let policies = stack.OfType("aws:iam/rolePolicy:RolePolicy").Where(policy => AwsReferences.Find(stack, policy.Inputs.Text("role"), AwsReferences.Role) == role).Select(policy => policy.Inputs["policy"]).ToList()
        let refused = Writing.Where(action => !IamPolicies.Allow(policies, action, $"{log.Inputs.Text("logDestination")}:*")).ToList()
        where refused.Count > 0
        select new Violation(RenderedStack.NameOf(role), $"it may not do {string.Join(", ", refused)} with {log.Inputs.Text("logDestination")}:*, to which {RenderedStack.NameOf(log)} writes", "Allow it in a policy of the role.");

    private static IEnumerable<Violation> OfTags(RenderedStack stack) =>
        from cluster in EksCluster.In(stack)
        where cluster.IsAuto
        let role = AwsReferences.Find(stack, cluster.Inputs.Text("serviceRole") ?? cluster.Inputs.Text("roleArn"), AwsReferences.Role)
        let policies = stack.OfType("aws:iam/rolePolicy:RolePolicy").Where(policy => role is not null && AwsReferences.Find(stack, policy.Inputs.Text("role"), AwsReferences.Role) == role).Select(policy => policy.Inputs["policy"]).ToList()
        let tagged = (Classes(stack).Any(declared => declared.Body.At("spec.tags") is JsonObject { Count: > 0 }) ? TaggingNodes : []).Concat(Balancer.In(stack).Any(balancer => balancer.Setting("additional-resource-tags") is not null) ? TaggingBalancers : [])
        let refused = tagged.Where(action => !IamPolicies.Allow(policies, action, "*")).ToList()
        where refused.Count > 0
        select new Violation(role is null ? cluster.DisplayName : RenderedStack.NameOf(role), $"nodes and load balancers are to have tags of the stack's, with which EKS may not do {string.Join(", ", refused)}: it makes none", "Allow it in a policy of the cluster's role.");

    // Without pools of its own EKS makes no entry for the nodes of ours.
    private static IEnumerable<Violation> OfEntries(RenderedStack stack)
    {
        foreach (var cluster in EksCluster.In(stack).Where(cluster => cluster.IsAuto && !stack.OfType("aws:eks/accessEntry:AccessEntry").Any()))
        {
            var entries = (cluster.Inputs.At("accessEntries") as JsonObject ?? []).Where(entry => entry.Value is JsonObject).Select(entry => (entry.Key, Value: entry.Value!)).ToList();
            var roles = Classes(stack).Select(declared => AwsReferences.Find(stack, declared.Body.Text("spec.role"), AwsReferences.Role)).OfType<DeclaredResource>().Select(AwsReferences.ArnOf).Distinct().ToList();
            foreach (var role in roles.Where(role => !entries.Exists(entry => entry.Value.Text("principalArn") == role)))
            {
                yield return new(cluster.DisplayName, $"accessEntries has none for {role}, the role of its nodes: they do not join", $"Add one of type EC2 with {Node}.");
            }

            foreach (var (key, entry) in entries)
            {
                var policies = (entry.At("accessPolicies") as JsonObject ?? []).Select(policy => policy.Value).Where(policy => policy is JsonObject).ToList();
                var names = policies.ConvertAll(policy => policy.Text("policyArn")?.Split('/')[^1]);
                var isNode = roles.Contains(entry.Text("principalArn") ?? "");
                var problem = isNode && entry.Text("type") != "EC2" ? $"is of nodes, and its type is {entry.Text("type") ?? "not set, which means STANDARD"}: they do not join"
                    : isNode && !names.Contains(Node) ? $"is of nodes, and has no {Node}: they do not join"
                    : isNode && policies.Exists(policy => policy.Text("accessScope.type") == "namespace") ? "is of nodes, and is for some namespaces alone"
                    : (isNode || entry.Text("type") == "EC2") && names.Find(name => name != Node) is { } more ? $"is of nodes, and gives them {more}"
                    : !isNode && entry.Text("type") == "EC2" ? "has the type EC2, and is of no NodeClass' role"
                    : policies.Exists(policy => policy.Text("accessScope.type") == "namespace" != policy.Items("accessScope.namespaces").Any()) ? "has an access scope whose type and namespaces do not agree"
                    : entry.Texts("kubernetesGroups").FirstOrDefault(group => group.StartsWith("system:", StringComparison.Ordinal)) is { } group ? $"names the group {group}, which EKS refuses"
                    : entries.Find(other => other.Value.Text("principalArn") == entry.Text("principalArn")) is var first && first.Key != key ? $"is of the same principal as {first.Key}: EKS refuses it"
                    : null;
                if (problem is not null)
                {
                    yield return new(cluster.DisplayName, $"accessEntries.{key} {problem}", $"Give nodes one entry of type EC2 with {Node} for the cluster, and others what they need.");
                }
            }
        }
    }
}
