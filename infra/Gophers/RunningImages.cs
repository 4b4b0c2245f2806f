using System.Collections.Immutable;
using Pulumi;

namespace GopherMesh.Infra;

/// <summary>Which image each workload runs: what to name in the settings to keep it.</summary>
internal static class RunningImages
{
    /// <summary>The images by the names of their Deployments.</summary>
    public static Output<ImmutableDictionary<string, string>> Of(Requester requester, Distributor distributor)
    {
        var images = new InputMap<string> { { Conventions.Requester, requester.Image } };
        foreach (var (version, image) in distributor.Images)
        {
            images.Add(Conventions.Of(version), image);
        }

        return images.ToOutput();
    }
}
