namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>Tells from an image's reference whether what it names can change.</summary>
internal static class ImageReference
{
    // Names that are given to one build after another, by convention.
    private static readonly HashSet<string> Moving = new(
        ["latest", "dev", "devel", "develop", "main", "master", "head", "edge", "nightly", "canary", "snapshot", "stable", "test"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>What is wrong with the reference; null where it names one image for good.</summary>
    public static string? Problem(string reference)
    {
        if (reference.Contains('@', StringComparison.Ordinal))
        {
            return null;
        }
        // A colon before the last slash is that of the registry's port.
        return reference.Split('/')[^1].Split(':') is [_, var tag] ? ProblemOfTag(tag) : "it has no tag, which stands for latest";
    }

    /// <summary>What is wrong with a tag; null where nothing speaks against it.</summary>
    public static string? ProblemOfTag(string tag) => Moving.Contains(tag) ? $"the tag {tag} is given to one build after another" : null;
}
