using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Declarations;

namespace GopherMesh.Gopherctl.Check.Rules.Cloud;

/// <summary>
/// What AWS stores for us is encrypted with a key that we can take away. CloudWatch's log groups and S3's objects are always encrypted,
/// with keys of AWS's own at least, and are not asked for more.
/// </summary>
internal static class Encryption
{
    private static readonly Dictionary<string, Demand> Demands = new()
    {
        ["aws:ecr/repository:Repository"] = new(
            "encryptionConfigurations with type KMS", "Give encryptionConfigurations an entry with encryptionType KMS and the stack's kmsKey.",
            resource => resource.Inputs.Items("encryptionConfigurations").Any(entry => entry.Text("encryptionType") is "KMS" or "KMS_DSSE" && entry.Text("kmsKey") is not null)),
        ["aws:kms/key:Key"] = new(
            "enableKeyRotation", "Set enableKeyRotation, so that a key that leaks ages.", resource => resource.Inputs.Flag("enableKeyRotation") == true),
        ["aws:ebs/volume:Volume"] = new("encrypted", "Set encrypted.", resource => resource.Inputs.Flag("encrypted") == true),
        ["aws:efs/fileSystem:FileSystem"] = new("encrypted", "Set encrypted.", resource => resource.Inputs.Flag("encrypted") == true),
        ["aws:rds/instance:Instance"] = new("storageEncrypted", "Set storageEncrypted.", resource => resource.Inputs.Flag("storageEncrypted") == true),
        ["aws:rds/cluster:Cluster"] = new("storageEncrypted", "Set storageEncrypted.", resource => resource.Inputs.Flag("storageEncrypted") == true),
        ["kubernetes:storage.k8s.io/v1:StorageClass"] = new(
            "parameters.encrypted", "Set parameters.encrypted to \"true\".",
            resource => !IsEbs(resource.Inputs.Text("provisioner")) || resource.Inputs.Text("parameters.encrypted") == "true"),
    };

    public static PolicyRule Rule { get; } = new("encryption", Severity.Error, "What is stored is encrypted.", Violations);

    private static IEnumerable<Violation> Violations(RenderedStack stack) =>
        stack.Resources.Where(resource => !resource.IsRead && Demands.TryGetValue(resource.Type, out var demand) && !demand.IsMet(resource))
            .Select(resource => new Violation(RenderedStack.NameOf(resource), $"there is no {Demands[resource.Type].Field}", Demands[resource.Type].Remedy))
            .Concat(EksCluster.In(stack).Where(cluster => cluster.KeyArn is null).Select(cluster => new Violation(
                cluster.DisplayName, $"there is no {cluster.KeyPath}: Secrets are encrypted with a key of AWS's only", "Name a KMS key of the stack's own.")));

    private static bool IsEbs(string? provisioner) => provisioner is "ebs.csi.eks.amazonaws.com" or "ebs.csi.aws.com" or "kubernetes.io/aws-ebs";

    private sealed record Demand(string Field, string Remedy, Func<DeclaredResource, bool> IsMet);
}
