using System.Collections.Immutable;
using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Aws.Ecr;
using Pulumi.Aws.Ecr.Inputs;
using Pulumi.Command.Local;

namespace GopherMesh.Infra.Images;

/// <summary>The stack's image repositories, one for each service, and the images that are built from this repository into them.</summary>
internal sealed class PublishedImages : ComponentResource
{
    private readonly ImmutableDictionary<ServiceSource, Repository> _repositories;
    private readonly Dictionary<ServiceSource, Output<string>> _references = [];
    private readonly EksSettings _eks;

    /// <summary>Declares the repositories.</summary>
    /// <param name="name">The component's name.</param>
    /// <param name="repositoryPrefix">The prefix of a repository's name, before the name of the service.</param>
    /// <param name="eks">Where the registry is.</param>
    /// <param name="keyArn">The KMS key that encrypts the images.</param>
    /// <param name="options">Who declares it.</param>
    public PublishedImages(string name, string repositoryPrefix, EksSettings eks, Output<string> keyArn, ComponentResourceOptions options)
        : base("gopher-mesh:eks:Images", name, options)
    {
        _eks = eks;

        // Every repository is declared always. If one were declared only while an image is built into it, it would be deleted as soon as
        // every version names its image, and with it the images that versions name.
        _repositories = ServiceSource.All.ToImmutableDictionary(
            service => service, service => ImageRepository.Declare($"{repositoryPrefix}/{service.Name}", keyArn, service, this));
        RegisterOutputs();
    }

    /// <summary>The reference of the named service's image, built and pushed by the first call.</summary>
    /// <exception cref="ArgumentException">There is no such service.</exception>
    public Input<string> ReferenceTo(string serviceName)
    {
        var service = ServiceSource.Named(serviceName);
        if (!_references.TryGetValue(service, out var reference))
        {
            reference = ImagePublisher.Publish(service, _repositories[service], _eks.Region, _eks.Credentials, this);
            _references.Add(service, reference);
        }

        return reference;
    }
}

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
              "description": "An image without a tag is left over from a push that failed.",
              "selection": { "tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 7 },
              "action": { "type": "expire" }
            },
            {
              "rulePriority": 2,
              "description": "Nobody rolls back more than a hundred builds.",
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

/// <summary>Builds and pushes a service's image during <c>pulumi up</c>, when its sources have changed.</summary>
internal static class ImagePublisher
{
    /// <summary>
    /// The image's reference, known at preview once the repository exists. It depends on the push, so what runs the image waits for the push.
    /// </summary>
    public static Output<string> Publish(ServiceSource service, Repository repository, string region, AwsCredentials credentials, Resource parent)
    {
        var root = RepositoryRoot.Find();
        var tag = SourceHash.Tag(root, ImageSources.Of(root, service));
        var environment = new InputMap<string>
        {
            ["PROJECT"] = service.Project,
            ["REGISTRY"] = repository.RepositoryUrl.Apply(url => url.Split('/')[0]),
            ["REPOSITORY"] = repository.Name,
            ["TAG"] = tag,
            ["AWS_REGION"] = region,
        };
        foreach (var (name, value) in credentials.Environment)
        {
            environment.Add(name, value);
        }

        // The path is relative to the program's folder, where the engine starts its plugins. So the command is the same on every machine,
        // and another machine does not publish again. Only a changed environment runs it again, and only the tag in it ever changes.
        var push = new Command(
            $"{service.Name}-image",
            new() { Interpreter = ["bash"], Create = "Images/publish-image.sh", Environment = environment, Logging = Logging.Stderr },
            new() { Parent = parent, DependsOn = [repository] });
        return Output.Tuple(repository.RepositoryUrl, push.Id).Apply(done => $"{done.Item1}:{tag}");
    }
}
