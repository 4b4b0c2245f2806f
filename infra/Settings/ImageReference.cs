using System.Text.RegularExpressions;

namespace GopherMesh.Infra.Settings;

/// <summary>The grammar of container image references.</summary>
/// <remarks>Source: <c>reference/reference.go</c> and <c>regexp.go</c> of the distribution project (github.com/distribution/reference).</remarks>
public static partial class ImageReference
{
    /// <summary>
    /// A reference with a tag or a digest. Without either, or with the tag <c>latest</c>, the same text would mean other bits tomorrow:
    /// pods of one Deployment could differ, and going back would not be possible.
    /// </summary>
    public static string? Rule(string text) => Grammar().Match(text) switch
    {
        { Success: false } => "use an image reference such as docker.io/library/gopher-distributor:1.0.0 (lower-case repository, then a tag or digest)",
        { } match when match.Groups["repository"].Length > 255 => "use a repository of at most 255 characters",
        { } match when match.Groups["digest"].Success => null,
        { } match when match.Groups["tag"].Value is "" or "latest" => "name the image by a tag other than latest, or by its digest",
        _ => null,
    };

    [GeneratedRegex("""
        \A(?<repository>
           ((localhost | [a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])? ((\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)+ | (?=:[0-9]+/))) (:[0-9]{1,5})? /)?
           [a-z0-9]+ ((\.|_|__|-+)[a-z0-9]+)* (/ [a-z0-9]+ ((\.|_|__|-+)[a-z0-9]+)*)*)
        (:(?<tag> [A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?
        (@(?<digest> sha256:[0-9a-f]{64} | sha512:[0-9a-f]{128}))?\z
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture)]
    private static partial Regex Grammar();
}
