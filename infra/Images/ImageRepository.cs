using Pulumi;
using Pulumi.Aws.Ecr;
using Pulumi.Aws.Ecr.Inputs;

namespace GopherMesh.Infra.Images;

/// <summary>A service's image repository. Tags are immutable; images are scanned, encrypted with the stack's key, and deleted at destroy.</summary>
internal static class ImageRepository
{
    // The SDK pushes each architecture under a tag of its own before it pushes the index, which is the image. The next push has other digests,
    // and must overwrite what an interrupted push left under such a tag. The index refers to digests, so a complete image never changes.
    private static readonly string[] ArchitectureTags = ["src-*-linux-x64", "src-*-linux-arm64"];

    // A manifest that a multi-arch image refers to has no tag either; ECR keeps it as long as that image (ECR user guide, "LifecyclePolicies").
    private const string Lifecycle = """
        {
          "rules": [
            {
              "rulePriority": 1,
              "description": "What has no tag is left over from a push that failed.",
              "selection": { "tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 7 },
              "action": { "type": "expire" }
            },
            {
              "rulePriority": 2,
              "description": "A hundred builds back is further than anyone rolls back.",
              "selection": { "tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 300 },
              "action": { "type": "expire" }
            }
          ]
        }
        """;

    /// <summary>Declares the repository of one service.</summary>
    /// <param name="repositoryName">Its name in the registry.</param>
    /// <param name="keyArn">The KMS key that encrypts the images.</param>
    /// <param name="service">The service; its name names the resources.</param>
    /// <param name="parent">The component that it belongs to.</param>
    public static Repository Declare(string repositoryName, Output<string> keyArn, ServiceSource service, Resource parent)
    {
        var repository = new Repository(
            service.Name,
            new()
            {
                Name = repositoryName,
                ImageTagMutability = "IMMUTABLE_WITH_EXCLUSION",
                ImageTagMutabilityExclusionFilters =
                [
                    .. ArchitectureTags.Select(tag => new RepositoryImageTagMutabilityExclusionFilterArgs { Filter = tag, FilterType = "WILDCARD" }),
                ],
                ImageScanningConfiguration = new RepositoryImageScanningConfigurationArgs { ScanOnPush = true },
                EncryptionConfigurations = [new RepositoryEncryptionConfigurationArgs { EncryptionType = "KMS", KmsKey = keyArn }],
                ForceDelete = true,
            },
            new() { Parent = parent });
        _ = new LifecyclePolicy(service.Name, new() { Repository = repository.Name, Policy = Lifecycle }, new() { Parent = parent });
        return repository;
    }
}
