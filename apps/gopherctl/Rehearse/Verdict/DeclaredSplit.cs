namespace GopherMesh.Gopherctl.Rehearse.Verdict;

/// <summary>What is declared for the requests that the rehearsal sends: who answers which share of them, and who gets copies.</summary>
/// <param name="Host">The host whose subsets are the versions.</param>
/// <param name="Versions">Every declared subset of the host, those without a share included, by name.</param>
internal sealed record DeclaredSplit(string Host, IReadOnlyList<DeclaredVersion> Versions)
{
    /// <summary>The version that a pod belongs to; null for a pod of another service.</summary>
    public string? VersionOf(IReadOnlyDictionary<string, string> podLabels) =>
        Versions.FirstOrDefault(version => version.Labels.All(label => podLabels.GetValueOrDefault(label.Key) == label.Value))?.Name;
}

/// <summary>A version and its part in the split.</summary>
/// <param name="Name">The subset's name.</param>
/// <param name="Labels">The labels of its pods: the Service's selector and the subset's own.</param>
/// <param name="Share">The share of the requests that it answers, 0 to 1.</param>
/// <param name="Mirror">The share of the requests of which it gets a copy, 0 to 1.</param>
internal sealed record DeclaredVersion(string Name, IReadOnlyDictionary<string, string> Labels, double Share, double Mirror);
