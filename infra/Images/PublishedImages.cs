using System.Collections.Immutable;
using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Aws.Ecr;

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
