using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Aws.Ecr;
using Pulumi.Command.Local;

namespace GopherMesh.Infra.Images;

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
        if (credentials.Profile is { } profile)
        {
            environment.Add("PROFILE", profile);
        }

        if (credentials.Role is { } role)
        {
            environment.Add("ROLE", role.Arn);
            environment.Add("ROLE_SESSION", role.SessionName);
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
