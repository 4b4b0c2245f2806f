using Pulumi;

namespace GopherMesh.Infra.Images;

/// <summary>The images that are built from this repository: a repository and a push for each service that is asked for, once.</summary>
internal sealed class PublishedImages(string name, string repositoryPrefix, EksSettings eks, Output<string> keyArn, ComponentResourceOptions options)
    : ComponentResource("gopher-mesh:eks:Images", name, options)
{
    private readonly Dictionary<ServiceSource, Output<string>> _references = [];

    /// <summary>The reference of the named service's image.</summary>
    /// <exception cref="ArgumentException">There is no such service.</exception>
    public Input<string> ReferenceTo(string serviceName)
    {
        var service = ServiceSource.Named(serviceName);
        if (!_references.TryGetValue(service, out var reference))
        {
            var repository = ImageRepository.Declare($"{repositoryPrefix}/{service.Name}", keyArn, service, this);
            reference = ImagePublisher.Publish(service, repository, eks.Region, eks.Profile, this);
            _references.Add(service, reference);
        }

        return reference;
    }
}
