using Pulumi;
using Pulumi.Aws.Kms;

namespace GopherMesh.Infra.Eks;

/// <summary>The stack's own key, which encrypts Kubernetes' secrets and the images.</summary>
internal static class SecretsKey
{
    public static Key Declare(string name, EksPlan plan, Resource parent)
    {
        var key = new Key(
            name,
            new()
            {
                Description = $"Kubernetes secrets and images of {plan.Name}",
                EnableKeyRotation = true,
                DeletionWindowInDays = plan.Settings.KeyDeletionWindowDays,
            },
            new() { Parent = parent });
        _ = new Pulumi.Aws.Kms.Alias(name, new() { Name = $"alias/{plan.Name}", TargetKeyId = key.KeyId }, new() { Parent = parent });
        return key;
    }
}
