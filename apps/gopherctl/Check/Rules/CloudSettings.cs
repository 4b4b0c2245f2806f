using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>What AWS leaves off, or open, by default. Names of inputs: pulumi-aws 7.48.0 and pulumi-eks 4.3.0.</summary>
internal static class CloudSettings
{
    private const long DeletionWindow = 30;
    private const long LogDays = 7;

    // EKS user guide, "control-plane-logs".
    private static readonly string[] ControlPlaneLogs = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

    // EKS user guide, "kubernetes-versions": in standard support on 2026-11-29; an older one costs six times as much.
    private static readonly Version OldestSupported = new(1, 33);

    public static PolicyRule Images { get; } = new(
        "image-scan", Severity.Error, "Images are scanned as they are pushed, kept for as long as they are in use, and pulled by the account alone.",
        stack => Of(stack, "aws:ecr/repository:Repository", repository => repository.Inputs.Flag("imageScanningConfiguration.scanOnPush") == true ? null : "imageScanningConfiguration.scanOnPush is not true", "Set it.")
            .Concat(Of(stack, "aws:ecr/repository:Repository", repository => stack.OfType("aws:ecr/lifecyclePolicy:LifecyclePolicy").Any(policy => AwsReferences.Find(stack, policy.Inputs.Text("repository"), repository.Type) == repository) ? null : "it has no lifecycle policy: every image is kept, and paid for, without end", "Declare an aws.ecr.LifecyclePolicy."))
            .Concat(Of(stack, "aws:ecr/repositoryPolicy:RepositoryPolicy", policy => IamPolicies.IsForAnyone(policy.Inputs["policy"]) ? "everybody may use the repository" : null, "Name the principals."))
            .Concat(Lifecycles.In(stack)))
    {
        Others = "checkov CKV_AWS_32, CKV_AWS_163",
    };

    public static PolicyRule ControlPlane { get; } = new(
        "control-plane", Severity.Error, "The control plane writes all its logs, has a version in standard support, knows its users by access entries, and its nodes reach it inside the network.",
        stack => Of(stack, "eks:index:Cluster", Logs, "Set enabledClusterLogTypes to all five.").Concat(Of(stack, "eks:index:Cluster", Age, "Take one that is in standard support, and raise it one minor version at a time."))
            .Concat(Of(stack, "eks:index:Cluster", Access, "Use API.")).Concat(Of(stack, "eks:index:Cluster", Inside, "Leave endpointPrivateAccess on."))
            .Concat(Of(stack, "eks:index:Cluster", cluster => Auto(stack, cluster), "Set autoMode as docs/eks.md has it.")).Concat(Of(stack, "command:local:Command", command => LastLogs(stack, command), "Name the cluster and its logs.")))
    {
        Others = "checkov CKV_AWS_37, CKV_AWS_339",
    };

    public static PolicyRule Retention { get; } = new(
        "log-retention", Severity.Error, "Logs have a retention time.",
        stack => Of(stack, "aws:cloudwatch/logGroup:LogGroup", Unlimited, "Set retentionInDays."))
    {
        Others = "checkov CKV_AWS_66",
    };

    public static PolicyRule Keys { get; } = new(
        "key-policy", Severity.Error, "A KMS key is enabled, and its policy does not allow everybody.",
        stack => Of(stack, "aws:kms/key:Key", key => key.Inputs.Flag("isEnabled") == false ? "it is disabled: what it encrypts cannot be read" : IamPolicies.IsForAnyone(key.Inputs["policy"]) ? "its policy is for any principal" : null, "Leave isEnabled out, and name the principals."))
    {
        Others = "checkov CKV_AWS_33, CKV_AWS_227",
    };

    /// <summary>
    /// KMS developer guide, "Deleting AWS KMS keys": 30 days are AWS's default, in which somebody notices. A fault of a Friday is looked for in logs after
    /// the weekend.
    /// </summary>
    public static PolicyRule Memory { get; } = new(
        "short-memory", Severity.Warning, "A key can be brought back for 30 days, and logs are there for a week.",
        stack => Of(stack, "aws:kms/key:Key", key => key.Inputs.Number("deletionWindowInDays") is { } days and < DeletionWindow ? $"deletionWindowInDays is {days}: what it encrypts is lost for ever after them" : null, "Leave deletionWindowInDays out, which means 30.")
            .Concat(Of(stack, "aws:cloudwatch/logGroup:LogGroup", logs => logs.Inputs.Number("retentionInDays") is { } days and > 0 and < LogDays ? $"retentionInDays is {days}: logs are gone before somebody asks for them" : null, $"Keep them for {LogDays} days at least.")));

    private static IEnumerable<Violation> Of(RenderedStack stack, string type, Func<DeclaredResource, string?> problem, string remedy) =>
        from resource in stack.OfType(type)
        where !resource.IsRead
        let found = problem(resource)
        where found is not null
        select new Violation(RenderedStack.NameOf(resource), found, remedy);

    private static string? Logs(DeclaredResource cluster) =>
        ControlPlaneLogs.Except(cluster.Inputs.Texts("enabledClusterLogTypes")).ToList() is { Count: > 0 } missing ? $"enabledClusterLogTypes is without {string.Join(", ", missing)}" : null;

    private static string? Age(DeclaredResource cluster) =>
        cluster.Inputs.Text("version") is { } text && Version.TryParse(text, out var version) && (version < OldestSupported || !EksSettings.KubernetesVersions.Contains(text)) ? $"version {text} is not in standard support" : null;

    // With a NodeClass of EKS' the nodes come from Auto Mode; without pools of its own EKS takes no node role, and with them it needs one (docs/eks.md, "Cluster").
    private static string? Auto(RenderedStack stack, DeclaredResource cluster)
    {
        var pools = cluster.Inputs.Texts("autoMode.computeConfig.nodePools").ToList();
        return !stack.OfKind("NodeClass").Any(declared => declared.Manifest.ApiVersion.StartsWith("eks.amazonaws.com/", StringComparison.Ordinal)) ? null
            : cluster.Inputs.Flag("autoMode.enabled") != true ? "autoMode.enabled is not true: nothing makes the nodes, volumes and load balancers that are declared"
            : cluster.Inputs.At("autoMode.computeConfig.nodePools") is not null && pools.Count == 0 && cluster.Inputs.Flag("autoMode.createNodeRole") != false ? "autoMode has no nodePools, and a node role: EKS refuses it"
            : cluster.Inputs.At("autoMode.computeConfig.nodePools") is null ? "autoMode.computeConfig.nodePools is not set: EKS makes both of its pools, whose nodes have no tags, and needs a role for them"
            : pools.Count > 0 && cluster.Inputs.Flag("autoMode.createNodeRole") == false && cluster.Inputs.At("autoMode.computeConfig.nodeRoleArn") is null ? "autoMode has nodePools, and no node role: EKS refuses it"
            : cluster.Inputs.Flag("skipDefaultNodeGroup") != true ? "skipDefaultNodeGroup is not true: a role and a profile are made for nodes that Auto Mode does not start"
            : cluster.Inputs.Flag("corednsAddonOptions.enabled") != false ? "corednsAddonOptions.enabled is not false: pods answer names beside the nodes of Auto Mode, which do"
            : null;
    }

    private static string? LastLogs(RenderedStack stack, DeclaredResource command) =>
        command.Inputs.Text("environment.TYPES") is not { } types || command.Inputs.Text("environment.CLUSTER") is not { } name ? null
        : EksCluster.In(stack).FirstOrDefault(cluster => cluster.Inputs.Text("name") == name) is not { } cluster ? $"it switches off the logs of {name}, which is no declared cluster"
        : cluster.Logs.Except(types.Split(',')).ToList() is { Count: > 0 } left ? $"it leaves on {string.Join(", ", left)}, which {name} writes"
        : null;

    // EKS user guide, "grant-k8s-access": the ConfigMap is deprecated.
    private static string? Access(DeclaredResource cluster) =>
        cluster.Inputs.Text("authenticationMode") is "CONFIG_MAP" or "ConfigMap" ? "its users are those of the ConfigMap aws-auth, which is deprecated" : null;

    private static string? Inside(DeclaredResource cluster) =>
        cluster.Inputs.Flag("endpointPrivateAccess") == false ? "endpointPrivateAccess is false: the nodes reach the API over the internet" : null;

    // That of a control plane has a rule of its own, which says more.
    private static string? Unlimited(DeclaredResource logs) =>
        logs.Inputs.Text("name") is { } name && name.StartsWith("/aws/eks/", StringComparison.Ordinal) || logs.Inputs.Number("retentionInDays") > 0 ? null : "retentionInDays is not set: logs are kept, and paid for, without end";

}

/// <summary>
/// What AWS stores for us is encrypted with a key that the owner can disable. CloudWatch's log groups and S3's objects are always encrypted,
/// with keys of AWS's own at least, and are not asked for more.
/// </summary>
internal static class Encryption
{
    // Names of inputs: pulumi-aws 7.48.0.
    private static readonly Dictionary<string, Demand> Demands = new()
    {
        ["aws:ecr/repository:Repository"] = new(
            "encryptionConfigurations with type KMS",
            "Give encryptionConfigurations an entry with encryptionType KMS and the stack's kmsKey.",
            resource => resource.Inputs.Items("encryptionConfigurations")
                .Any(entry => entry.Text("encryptionType") is "KMS" or "KMS_DSSE" && entry.Text("kmsKey") is not null)),
        ["aws:kms/key:Key"] = new(
            "enableKeyRotation",
            "Set enableKeyRotation, so that a key that has leaked is not used for ever.",
            resource => !CanRotate(resource) || resource.Inputs.Flag("enableKeyRotation") == true),
    };

    public static PolicyRule Rule { get; } = new(
        "encryption", Severity.Error, "Stored data is encrypted.",
        stack => OfResources(stack).Concat(OfClusters(stack)).Concat(OfClasses(stack)))
    {
        Others = "checkov CKV_AWS_7, CKV_AWS_58, CKV_AWS_136",
    };

    private static IEnumerable<Violation> OfResources(RenderedStack stack) =>
        from resource in stack.Resources
        where !resource.IsRead && Demands.TryGetValue(resource.Type, out var demand) && !demand.IsMet(resource)
        select new Violation(RenderedStack.NameOf(resource), $"there is no {Demands[resource.Type].Field}", Demands[resource.Type].Remedy);

    private static IEnumerable<Violation> OfClusters(RenderedStack stack) =>
        from cluster in EksCluster.In(stack)
        where cluster.KeyArn is null
        select new Violation(
            cluster.DisplayName,
            $"there is no {cluster.KeyPath}: Secrets are encrypted with a key of AWS's only",
            "Name a KMS key of the stack's own.");

    private static IEnumerable<Violation> OfClasses(RenderedStack stack) =>
        from manifest in stack.OfKind("StorageClass")
        where IsEbs(manifest.Body.Text("provisioner")) && manifest.Body.Text("parameters.encrypted") != "true"
        select new Violation(manifest.Manifest.DisplayName, "there is no parameters.encrypted", "Set parameters.encrypted to \"true\".");

    // Neither an asymmetric key nor one for HMAC can be rotated (KMS developer guide, "rotate-keys").
    private static bool CanRotate(DeclaredResource key) => key.Inputs.Text("customerMasterKeySpec") is null or "SYMMETRIC_DEFAULT";

    private static bool IsEbs(string? provisioner) =>
        provisioner is "ebs.csi.eks.amazonaws.com" or "ebs.csi.aws.com" or "kubernetes.io/aws-ebs";

    private sealed record Demand(string Field, string Remedy, Func<DeclaredResource, bool> IsMet);
}
