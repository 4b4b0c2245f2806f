using System.Collections.Immutable;
using GopherMesh.Infra.Conventions;
using Pulumi;

namespace GopherMesh.Infra.Gophers;

/// <summary>Which image each workload runs: what to name in the settings to keep it.</summary>
internal static class RunningImages
{
    /// <summary>The images by the names of their Deployments.</summary>
    public static Output<ImmutableDictionary<string, string>> Of(Requester requester, Distributor distributor)
    {
        var images = new InputMap<string> { { Names.Requester, requester.Image } };
        foreach (var (version, image) in distributor.Images)
        {
            images.Add(Names.Of(version), image);
        }

        return images.ToOutput();
    }
}
