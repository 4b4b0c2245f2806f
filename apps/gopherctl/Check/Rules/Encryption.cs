using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Gopherctl.Check.Rules;

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
