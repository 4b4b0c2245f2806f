using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>An image is the same for every pod, today and after a rollback: its tag cannot be given to another one.</summary>
internal static class MutableImageTag
{
    private const string Remedy = "Name a tag that is used once, or a digest (IMAGE@sha256:...).";

    public static PolicyRule Rule { get; } = new(
        "mutable-image-tag", Severity.Error, "What an image's tag names never changes.",
        stack => OfRepositories(stack).Concat(OfManifests(stack)).Concat(OfCharts(stack)))
    {
        Others = "kube-score container-image-tag; kube-linter latest-tag; checkov CKV_K8S_14, CKV_AWS_51",
    };

    private static IEnumerable<Violation> OfRepositories(RenderedStack stack) =>
        from repository in stack.OfType("aws:ecr/repository:Repository")
        let problem = ProblemOfTags(repository.Inputs)
        where problem is not null
        select new Violation(
            RenderedStack.NameOf(repository), problem,
            "Set imageTagMutability to IMMUTABLE, or to IMMUTABLE_WITH_EXCLUSION with filters for those tags alone that no pod names.");

    private static string? ProblemOfTags(JsonObject repository) => repository.Text("imageTagMutability") switch
    {
        "IMMUTABLE" => null,
        "IMMUTABLE_WITH_EXCLUSION" => Filters(repository).FirstOrDefault(filter => filter.All(letter => letter == '*')) is { } all
            ? $"imageTagMutabilityExclusionFilters has {all}, which excepts every tag"
            : null,
        var mutability => $"imageTagMutability is {mutability ?? "not set, which means MUTABLE"}",
    };

    private static IEnumerable<string> Filters(JsonObject repository) =>
        repository["imageTagMutabilityExclusionFilters"] is JsonArray filters
            ? filters.OfType<JsonObject>().Select(filter => filter.Text("filter")).OfType<string>()
            : [];

    private static IEnumerable<Violation> OfManifests(RenderedStack stack) =>
        from container in Pods.In(stack).SelectMany(pods => pods.Containers)
        let image = container.Body.Text("image")
        where image is not null
        let problem = ImageReference.Problem(image)
        where problem is not null
        select container.Violation($"image {image}: {problem}", Remedy);

    private static IEnumerable<Violation> OfCharts(RenderedStack stack) =>
        from value in ChartValues.Named(stack, "image", "tag")
        let text = value.Node.AsText()
        where text is not null
        let problem = value.Name == "tag" ? ImageReference.ProblemOfTag(text) : ProblemOfName(text)
        where problem is not null
        select new Violation(value.Release, $"{value.Path} is {text}: {problem}", Remedy);

    // Of an image's name alone the chart makes a reference with a tag of its own.
    private static string? ProblemOfName(string image) =>
        image.Contains(':', StringComparison.Ordinal) ? ImageReference.Problem(image) : null;
}

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
        return reference.Split('/')[^1].Split(':') is [_, var tag] ? ProblemOfTag(tag) : "it has no tag, which means latest";
    }

    /// <summary>What is wrong with a tag; null where nothing speaks against it.</summary>
    public static string? ProblemOfTag(string tag) => Moving.Contains(tag) ? $"the tag {tag} is given to one build after another" : null;
}
