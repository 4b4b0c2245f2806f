using System.Collections.Immutable;
using System.Net;
using System.Text.RegularExpressions;
using GopherMesh.Infra.Eks.Network;
using GopherMesh.Infra.Settings;
using Pulumi;

namespace GopherMesh.Infra.Eks;

/// <summary>All decisions about the cluster, made before any resource is declared; a pure function of the settings and the stack's name.</summary>
/// <param name="Name">The cluster's name in AWS, and the first part of the names of what belongs to it.</param>
/// <param name="Settings">What the configuration says.</param>
/// <param name="Network">The blocks of the stack's own network; null where the settings name one that is there already.</param>
/// <param name="Tags">The tags of everything that bills.</param>
public sealed partial record EksPlan(string Name, EksSettings Settings, NetworkPlan? Network, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>
    /// True under deletion protection: EKS refuses to delete the cluster, but only after everything in it is gone. So the engine refuses
    /// first, in the preview of a destroy.
    /// </summary>
    public bool? Protect => Settings.DeletionProtection ? true : null;

    /// <summary>Decides for one stack.</summary>
    /// <exception cref="RunException">The stack's name cannot be part of a cluster's name.</exception>
    public static EksPlan For(EksSettings settings, string stack)
    {
        if (!StackName().IsMatch(stack))
        {
            throw new RunException(
                $"The stack is called {stack}, and its name becomes part of the cluster's and the image repositories': " +
                "use at most 40 lower-case letters, digits and single hyphens (pulumi stack rename).");
        }

        return new EksPlan(
            $"{Project.Name}-{stack}",
            settings,
            settings.Network.VpcId is null ? OwnNetwork(settings) : null,
            StackTags.For(Project.Name, stack, settings.Owner));
    }

    /// <summary>The tag by which the AWS console lists a resource: its name in the program after the cluster's, so that two stacks' are told apart.</summary>
    internal InputMap<string> Named(string resource) => new() { ["Name"] = $"{Name}/{resource}" };

    private static NetworkPlan OwnNetwork(EksSettings settings) => NetworkPlan.For(
        IPNetwork.Parse(settings.Network.VpcCidr), Math.Min(settings.Network.Zones, Region.Zones(settings.Region)));

    // A name that both EKS (CreateCluster) and ECR (CreateRepository) accept.
    [GeneratedRegex(@"\A(?=.{1,40}\z)[a-z0-9]+(-[a-z0-9]+)*\z")]
    private static partial Regex StackName();
}

/// <summary>The tags that assign costs to the stack: everything that AWS charges for has them.</summary>
public static class StackTags
{
    /// <summary>The tags of one stack, in the order in which they are written.</summary>
    public static ImmutableSortedDictionary<string, string> For(string project, string stack, string owner) =>
        ImmutableSortedDictionary<string, string>.Empty
            .Add("managed-by", "pulumi")
            .Add("owner", owner)
            .Add("project", project)
            .Add("stack", stack);

    /// <summary>The same tags as one string, in the form of a Service's annotation.</summary>
    public static string ToAnnotation(this IReadOnlyDictionary<string, string> tags) =>
        string.Join(',', tags.Select(tag => $"{tag.Key}={tag.Value}"));

    /// <summary>The same as an input of a resource.</summary>
    public static InputMap<string> ToInputs(this IReadOnlyDictionary<string, string> tags)
    {
        var map = new InputMap<string>();
        foreach (var (key, value) in tags)
        {
            map.Add(key, value);
        }

        return map;
    }
}
